#include "proxy/control/attempts.hpp"

#include <algorithm>
#include <utility>

namespace millrace::control {

namespace {

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        auto const blank = text.find(' ');
        words.push_back(text.substr(0, blank));
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    }
    return words;
}

}  // namespace

void attempts::add(past_rollout seen) {
    auto const known = std::find_if(past_.begin(), past_.end(), [&seen](const auto& each) {
        return each.rollout == seen.rollout;
    });
    if (known != past_.end()) {
        *known = std::move(seen);
    } else {
        past_.push_back(std::move(seen));
    }
}

std::uint32_t attempts::next(std::string_view route, std::string_view artifacts) const {
    std::uint32_t most = 0;
    for (auto const artifact : words_of(artifacts)) {
        auto const failed = std::count_if(past_.begin(), past_.end(), [&](const auto& each) {
            auto const tried = words_of(each.artifacts);
            return each.route == route && each.begun && !each.succeeded &&
                   std::find(tried.begin(), tried.end(), artifact) != tried.end();
        });
        most = std::max(most, static_cast<std::uint32_t>(failed));
    }
    return most + 1;
}

}  // namespace millrace::control
