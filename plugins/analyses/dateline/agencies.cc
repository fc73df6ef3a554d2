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

constexpr std::array<Agency, 104> kAgencies{{
    {"AA", "Anadolu|Anadolu Agency|Anadolu Ajansı"},
    {"AAP", ""},
    {"ABNA", ""},
    {"Adnkronos", "AdnKronos"},
    {"AFP", "Agence France-Presse|АФП"},
    {"Agência Brasil", "ABr"},
    {"Agerpres", ""},
    {"AGI", ""},
    {"AMNA", "ANA-MPA|ANA"},
    {"Andina", ""},
    {"ANI", ""},
    {"ANP", ""},
    {"ANSA", ""},
    {"Antara", ""},
    {"AP", "Associated Press|The Associated Press|АП"},
    {"APA", "Austria Presse Agentur"},
    {"APP", ""},
    {"APS", ""},
    {"Armenpress", ""},
    {"ATS", "Keystone-ATS"},
    {"AZERTAC", "Azertag"},
    {"Baltic News Service", "BNS"},
    {"Belga", ""},
    {"BelTA", "БелТА"},
    {"Bernama", ""},
    {"Beta", ""},
    {"Bloomberg", "Bloomberg News"},
    {"BSS", ""},
    {"BTA", "БТА"},
    {"CANA", ""},
    {"CNA", ""},
    {"CP", "The Canadian Press|Canadian Press"},
    {"ČTK", "CTK"},
    {"DHA", ""},
    {"Dow Jones", "Dow Jones Newswires"},
    {"dpa", "dpa-AFX|dpa International"},
    {"dts", "dts Nachrichtenagentur"},
    {"EFE", "Agencia EFE"},
    {"ELTA", ""},
    {"epd", ""},
    {"Europa Press", "EP"},
    {"Fars", "FNA"},
    {"FENA", ""},
    {"Hina", ""},
    {"IANS", ""},
    {"IHA", ""},
    {"ILNA", ""},
    {"Inter Press Service", "IPS"},
    {"Interfax", "Интерфакс|Interfax-Ukraine|Интерфакс-Украина"},
    {"IRNA", ""},
    {"ISNA", ""},
    {"Italpress", ""},
    {"Jiji", "Jiji Press"},
    {"JTA", ""},
    {"Kazinform", "Казинформ"},
    {"KCNA", ""},
    {"KNA", ""},
    {"KUNA", ""},
    {"Kyodo", "Kyodo News"},
    {"LETA", ""},
    {"LUSA", "Agência Lusa"},
    {"MAP", ""},
    {"Mehr", "MNA"},
    {"MENA", ""},
    {"MIA", ""},
    {"MTI", ""},
    {"Notimex", ""},
    {"NTB", ""},
    {"PA", "PA Media|Press Association"},
    {"PAP", ""},
    {"Petra", ""},
    {"PNA", ""},
    {"Prensa Latina", "PL"},
    {"PTI", "Press Trust of India"},
    {"QNA", ""},
    {"Reuters", "Thomson Reuters|Reuters Life!|Рейтер"},
    {"RIA Novosti", "РИА Новости|RIA|РИА"},
    {"Ritzau", ""},
    {"Rompres", ""},
    {"SANA", ""},
    {"SDA", "Keystone-SDA|sda"},
    {"sid", "SID"},
    {"SPA", ""},
    {"Sputnik", "Спутник"},
    {"SRNA", "Срна"},
    {"STA", ""},
    {"STT", "STT-Lehtikuva"},
    {"Tanjug", "Танјуг"},
    {"TAP", ""},
    {"Tasnim", ""},
    {"TASS", "ТАСС|ITAR-TASS|ИТАР-ТАСС"},
    {"Télam", "Telam"},
    {"Thomson Reuters Foundation", ""},
    {"TNA", ""},
    {"Trend", ""},
    {"TT", ""},
    {"Ukrinform", "Укринформ|Укрінформ"},
    {"UNB", ""},
    {"UNIAN", "УНИАН|УНІАН"},
    {"UNI", ""},
    {"UPI", ""},
    {"VNA", "TTXVN"},
    {"WAFA", ""},
    {"Xinhua", "Xinhua News Agency|Синьхуа"},
}};

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
}

std::string_view Agencies::Find(std::string_view written) const {
  const auto found = names_.find(LowerOf(written));
  return found == names_.end() ? std::string_view() : std::string_view(found->second);
}

size_t Agencies::LengthAt(std::string_view text) const {
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
