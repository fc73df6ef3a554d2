// A text that shows most rules of the tokens. What was made of its tokens by another release tells whether something
// kept (an index of an archive, of watches) was made by the same rules; if not, it must not be used.
#ifndef WIREWATCH_TEXT_SAMPLE_OF_RULES_H_
#define WIREWATCH_TEXT_SAMPLE_OF_RULES_H_

namespace wirewatch::text {

inline constexpr char kSampleOfRules[] =
    "N.A.T.O.'s X's l'Élysée's anti-war co-operation U.S. 1,244 3.14 #ClimateStrike @handle https://example.org/a?b=1 "
    "Łódź Straße Ærø naïve C++ AT&T $TSLA J.K.Rowling don\xe2\x80\x99t 50% 🚨 Й Ґ київ الحكومة والكتاب לשלום "
    "北约驻科索沃部队 日本語テキスト ภาษาไทย 한국어 नमस्ते e-mail";

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_SAMPLE_OF_RULES_H_
