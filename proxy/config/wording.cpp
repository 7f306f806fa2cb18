#include "proxy/config/wording.hpp"

#include <algorithm>
#include <array>

namespace millrace::config {

namespace {

constexpr std::size_t shown_bytes_max = 64;
/// A suggestion is a courtesy: it must not make a hostile file slow.
constexpr std::size_t candidates_max = 1'000;

using distance_row = std::array<std::size_t, shown_bytes_max + 1>;

/// Optimal string alignment distance, O(|a| |b|); both are at most shown_bytes_max long.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    distance_row two_back{};
    distance_row back{};
    distance_row row{};
    for (std::size_t j = 0; j <= b.size(); ++j) {
        back[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            auto const replace = back[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({back[j] + 1, row[j - 1] + 1, replace});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], two_back[j - 2] + 1);
            }
        }
        two_back = back;
        back = row;
    }
    return back[b.size()];
}

}  // namespace

std::string shortened(std::string_view text) {
    if (text.size() <= shown_bytes_max) {
        return std::string{text};
    }
    auto end = shown_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return std::string{text.substr(0, end)} + "…";
}

std::string in_quotes(std::string_view text) {
    auto inside = shortened(text);
    std::replace_if(
        inside.begin(),
        inside.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
        '?'
    );
    return "'" + inside + "'";
}

std::string kind_name(const node& value) {
    switch (value.kind) {
        case node::kind::null:
            return "nothing";
        case node::kind::boolean:
            return "true or false";
        case node::kind::integer:
        case node::kind::number:
            return "a number";
        case node::kind::text:
            return "text";
        case node::kind::sequence:
            return "a list";
        case node::kind::mapping:
            return "a mapping";
    }
    return "";
}

std::string shown(const node& value) {
    switch (value.kind) {
        case node::kind::boolean:
            return value.text;
        case node::kind::integer:
        case node::kind::number:
            return "the number " + shortened(value.text);
        case node::kind::text:
            return in_quotes(value.text);
        case node::kind::null:
        case node::kind::sequence:
        case node::kind::mapping:
            break;
    }
    return kind_name(value);
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
    if (word.size() > shown_bytes_max) {
        return {};
    }
    std::string best;
    auto best_distance = std::string::npos;
    for (auto const& candidate : candidates.first(std::min(candidates.size(), candidates_max))) {
        if (candidate.size() > shown_bytes_max) {
            continue;
        }
        auto const distance = edit_distance(word, candidate);
        auto const allowed = std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
        if (distance < best_distance && distance <= allowed && candidate.size() > 1) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string alternatives(std::span<const std::string> words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) {
            text += i + 1 == words.size() ? " or " : ", ";
        }
        text += words[i];
    }
    return text;
}

}  // namespace millrace::config
