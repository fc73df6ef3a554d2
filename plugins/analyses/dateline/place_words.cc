#include "place_words.h"

#include <string>
#include <unordered_set>

#include "letters.h"

namespace wirewatch::analyses {
namespace {

using Words = std::unordered_set<std::string_view>;

Words Split(std::string_view list, char separator) {
  Words words;
  while (!list.empty()) {
    const size_t end = std::min(list.find(separator), list.size());
    words.insert(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

constexpr std::string_view kNoPlaces =
    "advisory alert alerte amplía amplia amplía analyse analysis análisis analisi attention avis background "
    "berichtigung blitz breaking chronology comment commentary corrected correction corrects corrige dossier draft "
    "editorial eil eilmeldung embargoed exclusif exclusive exklusiv explainer factbox feature flash graphic highlights "
    "interview kill korrektur leitartikel live meinung news note opinion opinión photo photos podcast poll portrait "
    "preview profile refile refiles repeat report retransmitting review reportage roundup sport summary timeline "
    "ultima update updated updates published urgent urgente video watch wrapup zusammenfassung kommentar hintergrund "
    "срочно обновлено видео фото анализ интервью "
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag "
    "sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes "
    "sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica segunda terça quarta quinta sexta "
    "понедельник вторник среда четверг пятница суббота воскресенье today yesterday tomorrow heute gestern hoy ayer "
    "oggi ieri hoje ontem сегодня вчера";

constexpr std::string_view kNoAgencies =
    // Which of several places.
    "main oder saale saar donau neckar ruhr harz ontario quebec québec alberta manitoba canada texas ohio kentucky "
    "georgia maine florida virginia washington oregon illinois california nevada michigan alabama england scotland "
    "wales usa uk us gb eu uae uss hms ny ca tx nj il pa ma va dc ont que bc ab tas nsw vic qld "
    // Parties and those who sit in parliaments.
    "cdu csu spd fdp afd bsw linke grüne grünen övp spö fpö neos svp sp fdp rn lr lfi ps psoe pp vox erc bng pnv pd "
    "fdi m5s lega psd pcp psl pt mdb gop dem rep r d lab con tory labour снс лдпр кпрф "
    // What desks and pages write.
    "update updated updates upd lead red red. video foto fotos photo photos live sport news more korr corr correction "
    "corrected map maps graphic grafik chart charts audio text kill flash new neu top ots sic rpt refile repeat "
    "exclusive alert adv eil eilt note vf vo pdf link ad ads anzeige opinion meinung editorial plus pro pic pics "
    "gallery tv";

constexpr std::string_view kCities =
    "abu dhabi|abuja|accra|addis ababa|addis-abeba|aleppo|algiers|alger|almaty|amman|amsterdam|ankara|antananarivo|"
    "astana|asunción|asuncion|athens|athènes|athen|atenas|atene|atlanta|auckland|baghdad|bagdad|baku|bakou|bamako|"
    "bangkok|bangui|barcelona|barcelone|basel|beijing|peking|pékin|pekín|pechino|beirut|beyrouth|belfast|belgrade|"
    "belgrad|belgrado|beograd|berlin|berlín|berlino|berlim|bern|berne|bogotá|bogota|bonn|boston|brasília|brasilia|"
    "bratislava|brazzaville|brussels|bruxelles|brüssel|bruselas|bruxelas|bucharest|bucarest|bukarest|budapest|"
    "buenos aires|bujumbura|cairo|le caire|kairo|el cairo|il cairo|canberra|cape town|caracas|chicago|chisinau|"
    "colombo|conakry|copenhagen|copenhague|kopenhagen|dakar|dallas|damascus|damas|damaskus|damasco|dar es salaam|"
    "delhi|denver|detroit|dhaka|djibouti|doha|donetsk|dubai|dublin|dushanbe|edinburgh|frankfurt|frankfurt am main|"
    "freetown|gaborone|gaza|gaza city|geneva|genève|genf|ginebra|ginevra|guatemala city|the hague|la haye|den haag|"
    "hamburg|hanoi|hanoï|harare|havana|la habana|la havane|helsinki|hong kong|honolulu|houston|islamabad|istanbul|"
    "jakarta|jerusalem|jérusalem|jerusalén|johannesburg|juba|kabul|kaboul|kampala|karachi|kathmandu|kharkiv|khartoum|"
    "kiev|kyiv|kiew|kigali|kingston|kinshasa|kishinev|kuala lumpur|kuwait city|köln|la paz|lagos|lahore|las vegas|"
    "lima|lisbon|lisboa|lisbonne|lissabon|ljubljana|london|londres|londra|los angeles|luanda|lusaka|luxembourg|"
    "luxemburg|lviv|madrid|managua|manila|maputo|mexico city|ciudad de méxico|mexico|méxico|miami|milan|milano|"
    "mailand|minneapolis|minsk|mogadishu|monaco|montevideo|montreal|montréal|moscow|moscou|moskau|moscú|mosca|mumbai|"
    "munich|münchen|muscat|nairobi|new delhi|new york|niamey|nicosia|nouakchott|nur-sultan|oslo|ottawa|ouagadougou|"
    "panama city|paris|parís|parigi|philadelphia|phnom penh|phoenix|podgorica|porto|prague|praha|prag|praga|pretoria|"
    "priština|pristina|prishtina|pyongyang|quito|rabat|ramallah|rangoon|reykjavik|riga|rio de janeiro|riyadh|riad|"
    "rome|roma|rom|salt lake city|san diego|san francisco|san josé|san salvador|sanaa|santiago|santiago de chile|"
    "santo domingo|sao paulo|são paulo|sarajevo|seattle|seoul|séoul|shanghai|singapore|singapour|singapur|skopje|"
    "sofia|st. louis|stockholm|strasbourg|straßburg|stuttgart|sydney|são paulo|taipei|tallinn|tashkent|tbilisi|"
    "tegucigalpa|tehran|téhéran|teheran|tel aviv|tirana|tokyo|tokio|toronto|tripoli|tunis|ulaanbaatar|united nations|"
    "vaduz|valletta|vancouver|vatican city|vienna|vienne|wien|viena|vientiane|vilnius|warsaw|varsovie|warschau|"
    "varsovia|washington|wellington|yangon|yaounde|yaoundé|yerevan|zagreb|zurich|zürich|москва|киев|минск|"
    "санкт-петербург|вашингтон|лондон|париж|берлин|брюссель|белград|пекин|токио|анкара|стамбул|тегеран|женева|вена|"
    "варшава|баку|ереван|тбилиси|астана|ташкент|бишкек|душанбе|рим|нью-йорк|оон|донецк|луганск|симферополь|київ|"
    "београд";

}  // namespace

bool HasNoPlaceWord(std::string_view place) {
  static const Words* const words = new Words(Split(kNoPlaces, ' '));
  const std::string lower = LowerOf(place);
  for (const std::string_view word : Split(lower, ' ')) {
    if (words->contains(word)) return true;
  }
  return false;
}

bool IsNoAgency(std::string_view written) {
  static const Words* const words = new Words(Split(kNoAgencies, ' '));
  return words->contains(LowerOf(written)) || HasNoPlaceWord(written);
}

bool IsKnownCity(std::string_view place) {
  static const Words* const cities = new Words(Split(kCities, '|'));
  return cities->contains(LowerOf(place));
}

}  // namespace wirewatch::analyses
