// Tokens as they stand in their file. Pure.
#ifndef WIREWATCH_SERVICE_TOKEN_TEXT_H_
#define WIREWATCH_SERVICE_TOKEN_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "wirewatch/service/token_file.h"

namespace wirewatch::service {

// Only 0-9 and a-f.
bool IsLowerHex(std::string_view text);

// InvalidArgument with every error as file:line:column.
absl::StatusOr<std::vector<Token>> ParseTokens(std::string_view text, const std::string& file);
std::string PrintTokens(const std::vector<Token>& tokens);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_TOKEN_TEXT_H_
