#include "proxy/config/render.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/config/document.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace millrace::config {

namespace {

namespace json = boost::json;

/// Words that YAML 1.1 tools read as something other than text.
constexpr std::array<std::string_view, 8> reserved{"y", "n", "yes", "no", "on", "off", "Yes", "No"};

bool is_plain_text(std::string_view text) {
    bool const harmless = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return ascii::is_alpha(c) || ascii::is_digit(c) || c == '_' || c == '.' || c == '/' ||
               c == '-';
    });
    return harmless && text.front() != '-' && plain_kind(text) == node::kind::text &&
           std::find(reserved.begin(), reserved.end(), text) == reserved.end();
}

std::string yaml_text(std::string_view text) {
    // JSON's quoted form is also YAML's double-quoted form.
    return is_plain_text(text) ? std::string{text} : json::serialize(json::string(text));
}

/// JSON of what is neither a mapping nor text; 0.01, where Boost.JSON would write 1E-2.
std::string scalar_text(const json::value& value) {
    return value.is_double() ? fmt::format("{}", value.get_double()) : json::serialize(value);
}

bool is_block(const json::value& value) {
    return (value.is_object() && !value.get_object().empty()) ||
           (value.is_array() && !value.get_array().empty() && value.get_array().front().is_object()
           );
}

void append_yaml(std::string& out, const json::value& value, std::size_t indent);

/// A value behind its key: nested blocks on the next lines, everything else beside it.
void append_entry(std::string& out, const json::value& value, std::size_t indent) {
    if (is_block(value)) {
        out += '\n';
        append_yaml(out, value, indent);
    } else {
        out += ' ' + yaml_inline(value) + '\n';
    }
}

void append_yaml(std::string& out, const json::value& value, std::size_t indent) {
    std::string const blanks(indent, ' ');
    if (value.is_object()) {
        for (auto const& [key, inner] : value.get_object()) {
            out += blanks + yaml_text({key.data(), key.size()}) + ':';
            append_entry(out, inner, indent + 2);
        }
    } else if (value.is_array()) {
        for (auto const& inner : value.get_array()) {
            auto const start = out.size();
            append_yaml(out, inner, indent + 2);
            out[start + indent] = '-';
        }
    }
}

void append_json(std::string& out, const json::value& value, std::size_t indent) {
    std::string const blanks(indent + 2, ' ');
    std::string_view separator;
    if (value.is_object() && !value.get_object().empty()) {
        out += "{";
        for (auto const& [key, inner] : value.get_object()) {
            out += std::string{separator} + "\n" + blanks + json::serialize(key) + ": ";
            append_json(out, inner, indent + 2);
            separator = ",";
        }
        out += "\n" + std::string(indent, ' ') + "}";
    } else if (value.is_array() && is_block(value)) {
        out += "[";
        for (auto const& inner : value.get_array()) {
            out += std::string{separator} + "\n" + blanks;
            append_json(out, inner, indent + 2);
            separator = ",";
        }
        out += "\n" + std::string(indent, ' ') + "]";
    } else {
        out += scalar_text(value);
    }
}

}  // namespace

std::string pretty_json(const json::value& value) {
    std::string out;
    append_json(out, value, 0);
    return out + "\n";
}

std::string block_yaml(const json::value& value) {
    std::string out;
    append_yaml(out, value, 0);
    return out;
}

std::string yaml_inline(const json::value& value) {
    if (value.is_string()) {
        auto const& text = value.get_string();
        return yaml_text({text.data(), text.size()});
    }
    std::string out;
    if (value.is_array()) {
        for (auto const& inner : value.get_array()) {
            out += (out.empty() ? "" : ", ") + yaml_inline(inner);
        }
        return "[" + out + "]";
    }
    if (value.is_object()) {
        for (auto const& [key, inner] : value.get_object()) {
            out += (out.empty() ? "" : ", ") + yaml_text({key.data(), key.size()}) + ": " +
                   yaml_inline(inner);
        }
        return "{" + out + "}";
    }
    return scalar_text(value);
}

}  // namespace millrace::config
