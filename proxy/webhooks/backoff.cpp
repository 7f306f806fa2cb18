#include "proxy/webhooks/backoff.hpp"

#include "proxy/base/ascii.hpp"

#include <algorithm>
#include <ctime>
#include <string>

namespace millrace::webhooks {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

seconds limited(std::int64_t count) {
    return std::clamp(seconds{count}, seconds{0}, seconds{retry_after_max});
}

}  // namespace

milliseconds pause_after(std::uint32_t attempt, double draw, const backoff& limits) {
    auto pause = limits.first;
    for (std::uint32_t i = 1; i < attempt && pause < limits.most; ++i) {
        pause *= 2;
    }
    pause = std::min(pause, limits.most);
    return milliseconds{
        static_cast<std::int64_t>(static_cast<double>(pause.count()) * (1 - draw / 2))};
}

std::optional<seconds> retry_after(std::string_view field, std::int64_t now) {
    auto const trimmed = ascii::trimmed(field);
    if (auto const count = ascii::parse_decimal(trimmed)) {
        return limited(static_cast<std::int64_t>(std::min<std::uint64_t>(
            *count, static_cast<std::uint64_t>(seconds{retry_after_max}.count())
        )));
    }
    std::tm date{};
    std::string const text{trimmed};
    auto const* const end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    if (end == nullptr || *end != '\0') {
        return std::nullopt;
    }
    return limited(static_cast<std::int64_t>(::timegm(&date)) - now);
}

}  // namespace millrace::webhooks
