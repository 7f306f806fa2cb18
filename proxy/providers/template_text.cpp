#include "proxy/providers/template_text.hpp"

#include "proxy/base/ascii.hpp"

namespace millrace::providers {

namespace {

/// How long a name is at the beginning of the text; 0: there is none.
std::size_t name_length(std::string_view text) noexcept {
    std::size_t length = 0;
    while (length < text.size() && (ascii::is_alpha(text[length]) || text[length] == '_' ||
                                    (length > 0 && ascii::is_digit(text[length])))) {
        ++length;
    }
    return length;
}

struct placeholder {
    std::string_view name;
    std::size_t length = 0;  ///< with the dollar sign and braces
};

/// At a dollar sign; length 0: it is none.
placeholder placeholder_at(std::string_view text) noexcept {
    bool const braced = text.substr(1).starts_with('{');
    auto const begin = braced ? std::size_t{2} : std::size_t{1};
    auto const length = name_length(text.substr(begin));
    if (length == 0 || (braced && !text.substr(begin + length).starts_with('}'))) {
        return {};
    }
    return {text.substr(begin, length), begin + length + (braced ? 1 : 0)};
}

}  // namespace

std::string substitute(std::string_view text, const placeholder_value& value_of) {
    std::string made;
    while (!text.empty()) {
        auto const dollar = text.find('$');
        made += text.substr(0, dollar);
        if (dollar == std::string_view::npos) {
            break;
        }
        text.remove_prefix(dollar);
        if (text.starts_with("$$")) {
            made += '$';
            text.remove_prefix(2);
            continue;
        }
        auto const found = placeholder_at(text);
        auto const value = found.length > 0 ? value_of(found.name) : std::nullopt;
        auto const length = found.length > 0 ? found.length : 1;
        made += value ? *value : std::string{text.substr(0, length)};
        text.remove_prefix(length);
    }
    return made;
}

}  // namespace millrace::providers
