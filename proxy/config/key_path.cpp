#include "proxy/config/key_path.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/config/wording.hpp"

#include <algorithm>

namespace millrace::config {

namespace {

bool is_simple(std::string_view key) {
    return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return ascii::is_alpha(c) || ascii::is_digit(c) || c == '_' || c == '-';
    });
}

}  // namespace

std::string key_path::text() const {
    std::string out;
    for (auto const& next : steps_) {
        if (auto const* index = std::get_if<std::size_t>(&next)) {
            out += "[" + std::to_string(*index) + "]";
            continue;
        }
        auto const& key = std::get<std::string>(next);
        if (!out.empty()) {
            out += '.';
        }
        out += is_simple(key) ? shortened(key) : in_quotes(key);
    }
    return out;
}

position key_path::locate(const node& root) const {
    auto const* current = &root;
    for (auto const& next : steps_) {
        const node* below = nullptr;
        if (auto const* index = std::get_if<std::size_t>(&next)) {
            below = *index < current->items.size() ? current->items[*index].get() : nullptr;
        } else {
            below = current->find(std::get<std::string>(next));
        }
        if (below == nullptr) {
            break;
        }
        current = below;
    }
    return current->at;
}

}  // namespace millrace::config
