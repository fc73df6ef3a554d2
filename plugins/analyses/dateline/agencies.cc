#include "agencies.h"

#include <algorithm>
#include <array>

#include "letters.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::analyses {
namespace {

struct Agency {
  const char* name;
  const char* also;  // other spellings, separated by `|`
};

constexpr std::array<Agency, 160> kAgencies{{
    {"AA", "Anadolu|Anadolu Agency|Anadolu Ajansı"},
    {"AAP", ""},
    {"ABI", ""},
    {"ABNA", ""},
    {"ACN", ""},
    {"Adnkronos", "AdnKronos"},
    {"AFP", "afp|Agence France-Presse|АФП"},
    {"Agerpres", ""},
    {"Agência Brasil", "ABr"},
    {"AGI", ""},
    {"AKIpress", ""},
    {"AMNA", "ANA-MPA|ANA"},
    {"Andina", ""},
    {"Angop", "ANGOP"},
    {"ANHA", ""},
    {"ANI", ""},
    {"ANP", ""},
    {"ANSA", ""},
    {"Antara", ""},
    {"AP", "ap|Associated Press|The Associated Press|АП"},
    {"APA", "apa|Austria Presse Agentur"},
    {"APP", ""},
    {"APS", ""},
    {"ARA", ""},
    {"ARKA", ""},
    {"Armenpress", ""},
    {"Askanews", ""},
    {"ATA", ""},
    {"ATS", "Keystone-ATS"},
    {"AVN", ""},
    {"AWP", "awp|awp international"},
    {"AZERTAC", "Azertag"},
    {"Baltic News Service", "BNS"},
    {"Belga", ""},
    {"BelTA", "БелТА"},
    {"Bernama", ""},
    {"Beta", ""},
    {"BIRN", ""},
    {"Bloomberg", "Bloomberg News"},
    {"BNA", ""},
    {"BSS", ""},
    {"BTA", "БТА"},
    {"Business Wire", ""},
    {"CANA", ""},
    {"CNA", ""},
    {"CNS", ""},
    {"Colpisa", ""},
    {"CP", "The Canadian Press|Canadian Press"},
    {"ČTK", "CTK"},
    {"dapd", ""},
    {"ddp", ""},
    {"DHA", ""},
    {"Dire", "Agenzia Dire"},
    {"Dow Jones", "Dow Jones Newswires"},
    {"dpa", "dpa-AFX|dpa International"},
    {"dts", "dts Nachrichtenagentur"},
    {"EFE", "Agencia EFE"},
    {"ELTA", ""},
    {"epd", ""},
    {"Estadão Conteúdo", ""},
    {"Europa Press", "EP"},
    {"Fars", "FNA"},
    {"FENA", ""},
    {"Folhapress", ""},
    {"FoNet", ""},
    {"GlobeNewswire", "Globe Newswire"},
    {"GNA", ""},
    {"Hina", ""},
    {"IANS", ""},
    {"IHA", ""},
    {"ILNA", ""},
    {"INA", ""},
    {"Infotag", ""},
    {"Inter Press Service", "IPS"},
    {"Interfax", "Интерфакс|Interfax-Ukraine|Интерфакс-Украина|Interfax.ru"},
    {"Interpressnews", ""},
    {"IPN", ""},
    {"IRNA", ""},
    {"ISNA", ""},
    {"Italpress", ""},
    {"Jiji", "Jiji Press"},
    {"JTA", ""},
    {"Kabar", ""},
    {"Kazinform", "Казинформ"},
    {"KCNA", ""},
    {"Khaama Press", ""},
    {"KNA", "kna"},
    {"Kosovapress", "KosovaPress"},
    {"KUNA", ""},
    {"Kyodo", "Kyodo News"},
    {"LaPresse", ""},
    {"LETA", ""},
    {"LUSA", "Agência Lusa"},
    {"Maan", "Ma'an"},
    {"MAP", ""},
    {"Mediafax", ""},
    {"Mehr", "MNA"},
    {"MENA", ""},
    {"MIA", ""},
    {"Mina", ""},
    {"Moldpres", ""},
    {"Montsame", ""},
    {"MTI", ""},
    {"NAN", ""},
    {"NHK", ""},
    {"NNA", ""},
    {"Notimex", ""},
    {"Nova", "Agenzia Nova"},
    {"NTB", ""},
    {"NZ Newswire", "NZN"},
    {"OTR Press", "OTR/PRESS"},
    {"PA", "PA Media|Press Association"},
    {"Pajhwok", "Pajhwok Afghan News"},
    {"PAP", ""},
    {"Petra", ""},
    {"PNA", ""},
    {"PR Newswire", "PRNewswire|PRNewswire-Asia"},
    {"Prensa Latina", "PL"},
    {"Prime", "Прайм|PRIME"},
    {"PTI", "Press Trust of India"},
    {"QNA", ""},
    {"Reuters", "Thomson Reuters|Reuters Life!|Рейтер|Reuters News"},
    {"RIA Novosti", "РИА Новости|RIA|РИА|РИА Новости Крым|RIA Nowosti"},
    {"Ritzau", ""},
    {"Rompres", ""},
    {"Rudaw", ""},
    {"SANA", ""},
    {"SDA", "Keystone-SDA|sda"},
    {"Servimedia", ""},
    {"sid", "SID"},
    {"SIR", ""},
    {"SITA", ""},
    {"SPA", ""},
    {"Sputnik", "Спутник"},
    {"SRNA", "Срна"},
    {"STA", ""},
    {"STT", "STT-Lehtikuva"},
    {"SUNA", ""},
    {"Tanjug", "Танјуг"},
    {"TAP", ""},
    {"Tasnim", ""},
    {"TASR", ""},
    {"TASS", "ТАСС|ITAR-TASS|ИТАР-ТАСС"},
    {"Télam", "Telam"},
    {"Thomson Reuters Foundation", ""},
    {"TNA", ""},
    {"Trend", ""},
    {"Tribune News Service", "TNS"},
    {"TT", ""},
    {"Ukrinform", "Укринформ|Укрінформ"},
    {"UNB", ""},
    {"UNI", ""},
    {"UNIAN", "УНИАН|УНІАН"},
    {"UPI", ""},
    {"UzA", ""},
    {"VNA", "TTXVN"},
    {"WAFA", ""},
    {"WAM", ""},
    {"Xinhua", "Xinhua News Agency|Синьхуа"},
    {"Yonhap", "Yonhap News Agency"},
}};

std::string_view FirstWord(std::string_view text) {
  size_t end = 0;
  while (end < text.size() && IsLetter(text::DecodeAt(text, end).code_point)) end += text::DecodeAt(text, end).length;
  return text.substr(0, end);
}

}  // namespace

Agencies::Agencies(const std::vector<std::string>& further) {
  for (const Agency& agency : kAgencies) {
    Add(agency.name, agency.name);
    std::string_view also = agency.also;
    while (!also.empty()) {
      const size_t end = std::min(also.find('|'), also.size());
      Add(std::string(also.substr(0, end)), agency.name);
      also.remove_prefix(std::min(end + 1, also.size()));
    }
  }
  for (const std::string& name : further) Add(name, name);
}

void Agencies::Add(const std::string& written, const std::string& name) {
  const std::string folded = LowerOf(written);
  longest_ = std::max(longest_, folded.size());
  names_[folded] = name;
  spellings_.insert(written);
  first_words_.insert(LowerOf(FirstWord(written)));
}

std::string_view Agencies::Find(std::string_view written) const {
  const auto found = names_.find(LowerOf(written));
  return found == names_.end() ? std::string_view() : std::string_view(found->second);
}

size_t Agencies::LengthAt(std::string_view text) const {
  const std::string_view first = FirstWord(text);
  if (first.size() > longest_ + 1 || !first_words_.contains(LowerOf(first))) return 0;
  size_t best = 0;
  // Folding may change a letter's length, but in no language of the table by more than a byte in all.
  for (size_t end = 1; end <= std::min(text.size(), longest_ + 1); ++end) {
    if (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) continue;
    if (end < text.size() && IsLetter(text::DecodeAt(text, end).code_point)) continue;
    if (!Find(text.substr(0, end)).empty()) best = end;
  }
  return best;
}

}  // namespace wirewatch::analyses
