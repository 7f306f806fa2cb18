#pragma once

#include "proxy/admin/params.hpp"

#include <cstdint>
#include <string>

namespace millrace::admin {

/// The secret that changes need, or why there is none. Lifetime: a value.
struct token {
    std::string value;  ///< empty when `error` is not
    std::string error;  ///< for people: what is wrong with which file, and what to do
};

/// Where the token of an admin listener lies: `params.token_file` when given, else the default
/// that params.hpp tells; with a Unix socket the name of the socket file stands for the port.
/// @param port  the port that is really bound
[[nodiscard]] std::string token_path(const params& params, std::uint16_t port);

/// Reads a token. Refused: files of other users (root's is fine), files that group or others may
/// read or write, fewer than 16 characters, blanks inside.
[[nodiscard]] token read_token(const std::string& path);

/// Reads the token, or makes one (32 random bytes in base64url, mode 0600, missing directories
/// with 0700) when the file does not exist. The directory of the default path must be this user's
/// alone.
[[nodiscard]] token read_or_make_token(const std::string& path);

/// Makes the missing directories above `path` with mode 0700; an error text, or empty.
[[nodiscard]] std::string make_parent_directories(const std::string& path);

}  // namespace millrace::admin
