// The templates of a mail that are used where none is written.
#ifndef WIREWATCH_PLUGINS_ALERTS_MAIL_TEXTS_H_
#define WIREWATCH_PLUGINS_ALERTS_MAIL_TEXTS_H_

namespace wirewatch::alerts {

// Of an event.
extern const char kSubjectTemplate[];
extern const char kTextTemplate[];
extern const char kHtmlTemplate[];

// Of a digest (digest_texts.cc).
extern const char kDigestSubjectTemplate[];
extern const char kDigestTextTemplate[];
extern const char kDigestHtmlTemplate[];

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_MAIL_TEXTS_H_
