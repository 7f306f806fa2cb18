#pragma once

#include "proxy/routing/params.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Which paths are let through, and what becomes of them upstream. Pure, any thread.
namespace millrace::routing {

/// True if every reader takes the path for the same one: it begins with '/' (or is "*"), its
/// escapes are whole, it holds no blank, control or backslash, and no segment is a dot segment:
/// "." or "..", their dots encoded or not, with ";parameters" or not, also where an encoded slash
/// or backslash is taken for a separator ("/a/..%2fb"). All else stays as it is: "//", "%2F",
/// "%0d%0a", "...".
[[nodiscard]] bool is_unambiguous_path(std::string_view path) noexcept;

/// How a request's target and a backend's URL meet.
struct target_parts {
    match_params::path_kind match = match_params::path_kind::any;
    std::string_view match_value;           ///< of the route: the prefix that gets replaced
    std::string_view path;                  ///< as sent; must match the route
    std::optional<std::string_view> query;  ///< as sent, without '?'; nothing: there was no '?'
    std::string_view url_path;              ///< of the backend
    std::string_view url_query;             ///< of the backend, without '?'
};

/// Appends the target that the upstream gets.
///
/// Path: of an exact match the URL's path takes the place, unless it is empty. Of a prefix match
/// it takes the prefix's place; a URL without path or with "/" changes nothing. Else it stands in
/// front. Where both meet there is one slash, and slashes that the client doubled stay.
/// Query: parameters of the URL replace the client's of the same name (decoded, whole names) and
/// stand last; the client's others stay byte for byte, so does a '?' with nothing behind it.
/// The target "*" stays as it is.
void map_target(std::string& out, const target_parts& parts);

}  // namespace millrace::routing
