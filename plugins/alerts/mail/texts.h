// The templates of a mail that are used where none is written.
#ifndef WIREWATCH_PLUGINS_ALERTS_MAIL_TEXTS_H_
#define WIREWATCH_PLUGINS_ALERTS_MAIL_TEXTS_H_

namespace wirewatch::alerts {

extern const char kSubjectTemplate[];
extern const char kTextTemplate[];
extern const char kHtmlTemplate[];

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_MAIL_TEXTS_H_
