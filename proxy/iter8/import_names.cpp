#include "proxy/iter8/import_names.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::iter8 {

namespace {

constexpr std::string_view builtin_space = "iter8-system/";
constexpr std::string_view quantile_begin = "latency-";
constexpr std::string_view quantile_end = "th-percentile";

bool is_plain(char c) noexcept {
    bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::string plain_name(std::string_view text) {
    std::string name{text.substr(0, 128)};
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !is_plain(c); }, '-'
    );
    if (name.empty() || name.front() == '-' || name.front() == '.') {
        name.insert(0, "_");
        name.resize(std::min<std::size_t>(name.size(), 128));
    }
    return name;
}

std::optional<builtin_metric> builtin_of(std::string_view reference) {
    if (!reference.starts_with(builtin_space)) {
        return std::nullopt;
    }
    auto name = reference.substr(builtin_space.size());
    if (name == "error-rate") {
        return builtin_metric{.is_error_rate = true, .latency_percent = {}};
    }
    if (!name.starts_with(quantile_begin) || !name.ends_with(quantile_end)) {
        return std::nullopt;
    }
    name.remove_prefix(quantile_begin.size());
    name.remove_suffix(quantile_end.size());
    int percent = 0;
    auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), percent);
    if (error != std::errc{} || end != name.data() + name.size() || percent < 1 || percent > 99) {
        return std::nullopt;
    }
    return builtin_metric{.is_error_rate = false, .latency_percent = percent};
}

const metric* find_metric(
    const std::vector<metric>& all, std::string_view reference, std::string_view space
) {
    auto const slash = reference.find('/');
    bool const is_full = slash != std::string_view::npos;
    auto const wanted_space = is_full ? reference.substr(0, slash) : space;
    auto const name = is_full ? reference.substr(slash + 1) : reference;
    const metric* elsewhere = nullptr;
    for (auto const& each : all) {
        if (each.params.name != name) {
            continue;
        }
        if (each.space == wanted_space) {
            return &each;
        }
        if (elsewhere == nullptr && (!is_full || each.space.empty())) {
            elsewhere = &each;
        }
    }
    return elsewhere;
}

}  // namespace millrace::iter8
