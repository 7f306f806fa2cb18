#include "proxy/routing/route_index.hpp"

#include "proxy/base/ascii.hpp"

#include <algorithm>
#include <limits>

namespace millrace::routing {

namespace {

constexpr std::uint32_t no_route = std::numeric_limits<std::uint32_t>::max();

// The longest name that DNS has, with room for an address in brackets.
constexpr std::size_t host_size_max = 255;

std::string_view without_slash_at_end(std::string_view prefix) noexcept {
    return prefix.ends_with('/') ? prefix.substr(0, prefix.size() - 1) : prefix;
}

}  // namespace

/// One call of find(): the best place so far, which candidates must beat.
struct route_index::search {
    const std::vector<matcher>& matchers;
    const request_view& request;
    std::uint32_t best = no_route;

    /// Host and path hold for all of them, but for the slash that a prefix may want behind it.
    void try_each(const places& candidates) {
        for (auto const place : candidates) {
            if (place >= best) {
                return;
            }
            try_one(place);
        }
    }

    void try_one(std::uint32_t place) {
        auto const& candidate = matchers[place];
        bool const path_holds = candidate.path_kind() != match_params::path_kind::prefix ||
                                candidate.path_matches(request.path);
        if (path_holds && candidate.rest_matches(request)) {
            best = place;
        }
    }
};

route_index::route_index(std::span<const route_params> routes, std::vector<std::string>& errors) {
    matchers_.reserve(routes.size());
    for (std::uint32_t place = 0; place < routes.size(); ++place) {
        std::vector<std::string> why;
        auto made = matcher::compile(routes[place].match, why);
        for (auto const& each : why) {
            errors.push_back("route '" + routes[place].name + "': " + each);
        }
        if (made) {
            matchers_.push_back(std::move(*made));
            add(place, routes[place].match);
        }
    }
    if (!errors.empty()) {
        return;
    }
    // A set that is too large to compile stays empty: then its members are asked one by one.
    auto const compile_set = [](host_group& group) {
        if (group.expressions.size() > 1) {
            group.set = regex_set::compile(group.expressions);
        }
    };
    compile_set(any_host_);
    for (auto& [host, group] : hosts_) {
        compile_set(group);
    }
    for (auto& [suffix, group] : subdomains_) {
        compile_set(group);
    }
}

route_index::host_group& route_index::group_of(const std::string& host) {
    if (host.empty()) {
        return any_host_;
    }
    auto const lower = ascii::lowered(host);
    return lower.starts_with("*.") ? subdomains_[lower.substr(1)] : hosts_[lower];
}

void route_index::add(std::uint32_t place, const match_params& match) {
    auto& group = group_of(match.host);
    switch (match.path) {
        case match_params::path_kind::any:
            group.any_path.push_back(place);
            return;
        case match_params::path_kind::exact:
            group.exact[match.path_value].push_back(place);
            return;
        case match_params::path_kind::prefix: {
            auto const prefix = without_slash_at_end(match.path_value);
            group.prefixes[std::string{prefix}].push_back(place);
            if (group.prefix_lengths.size() <= prefix.size()) {
                group.prefix_lengths.resize(prefix.size() + 1, false);
            }
            group.prefix_lengths[prefix.size()] = true;
            return;
        }
        case match_params::path_kind::regex:
            group.expression_routes.push_back(place);
            group.expressions.push_back(match.path_value);
            return;
    }
}

std::optional<std::uint32_t> route_index::find(const request_view& request) const {
    if (matchers_.size() <= linear_max) {
        return find_linear(request);
    }
    // The host's own routes first: a hit among them often saves the expressions of any host.
    search state{matchers_, request};
    if (!hosts_.empty() || !subdomains_.empty()) {
        look_by_host(state);
    }
    look_in(any_host_, state);
    return state.best == no_route ? std::nullopt : std::optional{state.best};
}

std::optional<std::uint32_t> route_index::find_linear(const request_view& request) const {
    for (std::uint32_t place = 0; place < matchers_.size(); ++place) {
        if (matchers_[place].matches(request)) {
            return place;
        }
    }
    return std::nullopt;
}

void route_index::look_by_host(search& state) const {
    auto const sent = bare_host(state.request.host);
    if (sent.empty() || sent.size() > host_size_max) {
        return;
    }
    char buffer[host_size_max];
    std::transform(sent.begin(), sent.end(), buffer, ascii::to_lower);
    std::string_view const host{buffer, sent.size()};
    if (auto const found = hosts_.find(host); found != hosts_.end()) {
        look_in(found->second, state);
    }
    if (subdomains_.empty()) {
        return;
    }
    for (auto dot = host.find('.', 1); dot != std::string_view::npos;
         dot = host.find('.', dot + 1)) {
        if (auto const found = subdomains_.find(host.substr(dot)); found != subdomains_.end()) {
            look_in(found->second, state);
        }
    }
}

void route_index::look_in(const host_group& group, search& state) {
    if (!group.exact.empty()) {
        if (auto const found = group.exact.find(state.request.path); found != group.exact.end()) {
            state.try_each(found->second);
        }
    }
    if (!group.prefixes.empty()) {
        look_for_prefixes(group, state);
    }
    state.try_each(group.any_path);
    // Last, as they cost most: only if one of them could still come first.
    if (!group.expression_routes.empty() && group.expression_routes.front() < state.best) {
        look_for_expressions(group, state);
    }
}

void route_index::look_for_prefixes(const host_group& group, search& state) {
    auto const path = state.request.path;
    for (std::size_t end = 0; end < group.prefix_lengths.size() && end <= path.size(); ++end) {
        if (!group.prefix_lengths[end] || (end < path.size() && path[end] != '/')) {
            continue;
        }
        auto const found = group.prefixes.find(path.substr(0, end));
        if (found != group.prefixes.end()) {
            state.try_each(found->second);
        }
    }
}

void route_index::look_for_expressions(const host_group& group, search& state) {
    auto const matching = group.set ? group.set->matching(state.request.path) : std::nullopt;
    if (matching) {
        for (int const each : *matching) {
            auto const place = group.expression_routes[static_cast<std::size_t>(each)];
            if (place >= state.best) {
                return;
            }
            state.try_one(place);
        }
        return;
    }
    for (auto const place : group.expression_routes) {
        if (place >= state.best) {
            return;
        }
        if (state.matchers[place].path_matches(state.request.path)) {
            state.try_one(place);
        }
    }
}

}  // namespace millrace::routing
