#include "proxy/iter8/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace millrace::iter8 {

namespace {

constexpr std::array<std::pair<std::string_view, double>, 16> suffixes{{
    {"", 1},
    {"n", 1e-9},
    {"u", 1e-6},
    {"m", 1e-3},
    {"k", 1e3},
    {"M", 1e6},
    {"G", 1e9},
    {"T", 1e12},
    {"P", 1e15},
    {"E", 1e18},
    {"Ki", 0x1p10},
    {"Mi", 0x1p20},
    {"Gi", 0x1p30},
    {"Ti", 0x1p40},
    {"Pi", 0x1p50},
    {"Ei", 0x1p60},
}};

/// Where the number ends: "1E" is one exa, "1E3" a thousand.
std::size_t number_length(std::string_view text) noexcept {
    std::size_t at = text.find_first_not_of("0123456789.", text.starts_with('-') ? 1 : 0);
    if (at == std::string_view::npos) {
        return text.size();
    }
    auto const rest = text.substr(at);
    if (rest.size() > 1 && (rest[0] == 'e' || rest[0] == 'E') && rest[1] != 'i') {
        return text.size();
    }
    return at;
}

}  // namespace

std::optional<double> quantity_of(std::string_view text) noexcept {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    auto const length = number_length(text);
    double number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + length, number);
    if (error != std::errc{} || end != text.data() + length) {
        return std::nullopt;
    }
    for (auto const& [suffix, factor] : suffixes) {
        if (text.substr(length) == suffix) {
            // A division keeps 10m at 0.01.
            double const value = factor < 1 ? number / std::round(1 / factor) : number * factor;
            return std::isfinite(value) ? std::optional{value} : std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace millrace::iter8
