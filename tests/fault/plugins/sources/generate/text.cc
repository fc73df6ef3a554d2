#include "text.h"

#include <array>
#include <string_view>

namespace wirewatch::sources {
namespace {

constexpr std::array<std::string_view, 12> kOutlets = {
    "kta.example",   "courier.example", "gazette.example", "mirador.example", "nordbote.example", "post.example",
    "plaza.example", "dna.example",     "afc.example",     "herald.example",  "tribune.example",  "observer.example"};
constexpr std::array<std::string_view, 8> kPlaces = {"SARAVNO", "TOLMEN", "VELNA", "PARIS",
                                                     "SOLLEN",  "MITRA",  "ZUBIN", "LESKOVAC"};
constexpr std::array<std::string_view, 4> kAgencies = {"KTA", "AFC", "Reuters", "dpa"};
constexpr std::array<std::string_view, 20> kWho = {
    "the minister",    "a spokesman for the port", "the mayor",      "police",          "the election commission",
    "aid workers",     "the central bank",         "peacekeepers",   "lorry drivers",   "the health ministry",
    "farmers",         "the opposition",           "border guards",  "doctors",         "the railway company",
    "an investigator", "the defence committee",    "the ambassador", "striking miners", "the water board"};
constexpr std::array<std::string_view, 20> kDid = {"denied",   "confirmed",   "announced", "postponed", "discussed",
                                                   "rejected", "criticised",  "welcomed",  "inspected", "described",
                                                   "repaired", "reported",    "explained", "cancelled", "approved",
                                                   "measured", "interrupted", "promised",  "recounted", "observed"};
constexpr std::array<std::string_view, 20> kWhat = {"the closure of the northern bridge",
                                                    "a rise in the price of bread",
                                                    "the delay of the harvest",
                                                    "an agreement on river traffic",
                                                    "the list of missing containers",
                                                    "a plan for the old barracks",
                                                    "the result of the second count",
                                                    "several cases of the river fever",
                                                    "the budget for the coming year",
                                                    "talks with neighbouring districts",
                                                    "a shortage of diesel",
                                                    "the report on the tunnel",
                                                    "new rules for the market",
                                                    "the visit of the delegation",
                                                    "damage to the power line",
                                                    "the festival programme",
                                                    "a change in the timetable",
                                                    "the rescue of two fishermen",
                                                    "an offer by the shipping company",
                                                    "the search of a warehouse"};
constexpr std::array<std::string_view, 12> kHow = {"on Monday evening",
                                                   "after hours of debate",
                                                   "in front of a few hundred people",
                                                   "without giving details",
                                                   "in a short statement",
                                                   "as snow fell in the mountains",
                                                   "for the third time this month",
                                                   "despite earlier doubts",
                                                   "at the end of the week",
                                                   "before leaving for the coast",
                                                   "while rain kept falling",
                                                   "in spite of protests"};
// What watches look for; one Item in five has one.
constexpr std::array<std::string_view, 5> kNews = {
    "Shots were fired near the customs office, and gunfire was heard until midnight.",
    "An explosion was heard; three people were injured and one was killed.",
    "The town was evacuated when the river rose.", "A cyberattack with ransomware stopped the cranes.",
    "The governor resigned after the vote."};
constexpr std::string_view kSyllables = "bakodelufimonarepisotuvazegihujokylamenopura";

template <size_t n>
std::string_view Pick(Random& random, const std::array<std::string_view, n>& from) {
  return from[random.Below(n)];
}

std::string Sentence(Random& random) {
  std::string sentence(Pick(random, kWho));
  sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
  for (const std::string_view part : {Pick(random, kDid), Pick(random, kWhat), Pick(random, kHow)}) {
    sentence += ' ';
    sentence += part;
  }
  return sentence + ". ";
}

// A name that has hardly ever been met before.
std::string RareName(Random& random) {
  std::string name;
  for (int i = 0; i < 4; ++i) name += kSyllables.substr(2 * random.Below(kSyllables.size() / 2), 2);
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

}  // namespace

uint64_t Random::Next() {
  uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

Story WriteStory(uint64_t seed, uint64_t number, uint64_t revision, size_t bytes) {
  Random random(seed * 0x100000001b3 + number);
  Story story;
  story.outlet = Pick(random, kOutlets);
  story.headline = Sentence(random);
  story.headline.resize(story.headline.size() - 2);
  story.body = std::string(Pick(random, kPlaces)) + ", Jan. " + std::to_string(1 + random.Below(28)) + " (" +
               std::string(Pick(random, kAgencies)) + ") - ";
  if (random.Below(5) == 0) story.body += std::string(Pick(random, kNews)) + " ";
  story.body += "Asked by " + RareName(random) + " " + RareName(random) + ", " + Sentence(random);
  if (revision > 0) story.body += "This is revision " + std::to_string(revision) + ". ";
  while (story.body.size() < bytes) {
    story.body += Sentence(random);
    if (random.Below(4) == 0) story.body += "\n\n";
  }
  return story;
}

}  // namespace wirewatch::sources
