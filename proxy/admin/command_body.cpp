#include "proxy/admin/command_body.hpp"

#include "proxy/base/ascii.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

namespace millrace::admin {

namespace {

namespace json = boost::json;

constexpr const char* expected = R"(expected is {"why": TEXT, "who": TEXT})";

constexpr std::size_t why_bytes_max = 1'000;
constexpr std::size_t who_bytes_max = 128;

command_body wrong(std::string error) {
    return {{}, {}, std::move(error)};
}

/// Takes a text of at most `bytes_max`; false when it is none.
bool take(const json::value& value, std::size_t bytes_max, std::string& to) {
    if (!value.is_string() || value.get_string().size() > bytes_max) {
        return false;
    }
    auto const& text = value.get_string();
    to = ascii::trimmed({text.data(), text.size()});
    return true;
}

command_body parse_object(const json::object& given) {
    command_body body;
    for (auto const& [key, value] : given) {
        bool const known = key == "why"   ? take(value, why_bytes_max, body.why)
                           : key == "who" ? take(value, who_bytes_max, body.who)
                                          : false;
        if (!known) {
            return wrong(fmt::format(
                "{}, of at most {} and {} bytes", expected, why_bytes_max, who_bytes_max
            ));
        }
    }
    return body;
}

}  // namespace

command_body parse_command_body(std::string_view text, bool needs_why) {
    command_body body;
    if (!text.empty()) {
        boost::system::error_code error;
        json::parse_options options;
        options.max_depth = 2;
        auto const parsed = json::parse({text.data(), text.size()}, error, {}, options);
        if (error) {
            return wrong(fmt::format("the body is not JSON: {}; {}", error.message(), expected));
        }
        if (!parsed.is_object()) {
            return wrong(expected);
        }
        body = parse_object(parsed.get_object());
    }
    if (body.error.empty() && needs_why && body.why.empty()) {
        return wrong(fmt::format("a reason is needed; {}", expected));
    }
    return body;
}

}  // namespace millrace::admin
