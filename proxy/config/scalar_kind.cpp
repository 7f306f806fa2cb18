#include "proxy/base/ascii.hpp"
#include "proxy/config/document.hpp"

namespace millrace::config {

namespace {

bool is_digits(std::string_view text) noexcept {
    for (char const c : text) {
        if (!ascii::is_digit(c)) {
            return false;
        }
    }
    return !text.empty();
}

bool is_prefixed_integer(std::string_view text, std::string_view prefix, int base) noexcept {
    if (!text.starts_with(prefix) || text.size() == prefix.size()) {
        return false;
    }
    for (char const c : text.substr(prefix.size())) {
        auto const value = ascii::hex_value(c);
        if (value < 0 || value >= base) {
            return false;
        }
    }
    return true;
}

/// Digits with a fraction or an exponent, at least one digit in the mantissa.
bool is_decimal_number(std::string_view text) noexcept {
    auto const exponent = text.find_first_of("eE");
    if (exponent != std::string_view::npos) {
        auto power = text.substr(exponent + 1);
        if (!power.empty() && (power.front() == '+' || power.front() == '-')) {
            power.remove_prefix(1);
        }
        if (!is_digits(power)) {
            return false;
        }
        text = text.substr(0, exponent);
    }
    auto const point = text.find('.');
    if (point == std::string_view::npos) {
        return is_digits(text);
    }
    auto const whole = text.substr(0, point);
    auto const fraction = text.substr(point + 1);
    return (whole.empty() || is_digits(whole)) && (fraction.empty() || is_digits(fraction)) &&
           !(whole.empty() && fraction.empty());
}

}  // namespace

// YAML 1.2.2, 10.3.2 (core schema): tag resolution of plain scalars.
enum node::kind plain_kind(std::string_view text) noexcept {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
        return node::kind::null;
    }
    if (text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" ||
        text == "FALSE") {
        return node::kind::boolean;
    }
    if (is_prefixed_integer(text, "0o", 8) || is_prefixed_integer(text, "0x", 16)) {
        return node::kind::integer;
    }
    if (text == ".nan" || text == ".NaN" || text == ".NAN") {
        return node::kind::number;
    }
    auto unsigned_text = text;
    if (text.front() == '-' || text.front() == '+') {
        unsigned_text.remove_prefix(1);
    }
    if (is_digits(unsigned_text)) {
        return node::kind::integer;
    }
    bool const infinite =
        unsigned_text == ".inf" || unsigned_text == ".Inf" || unsigned_text == ".INF";
    return infinite || is_decimal_number(unsigned_text) ? node::kind::number : node::kind::text;
}

}  // namespace millrace::config
