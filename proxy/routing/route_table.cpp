#include "proxy/routing/route_table.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/routing/route_index.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace millrace::routing {

namespace {

// Not a secret: ids must be the same everywhere.
constexpr siphash_key name_key{0x6d696c6c72616365U, 3};

using errors = std::vector<std::string>;
using name_map = std::map<std::string, std::uint32_t, std::less<>>;

/// What a route's refs point to.
struct resolved_refs {
    std::vector<std::uint16_t> backends;
    std::vector<std::uint32_t> version_ids;
};

template <class Named>
name_map names_of(const std::vector<Named>& all, const char* what, errors& found) {
    name_map names;
    std::map<std::uint32_t, std::string_view> ids;
    for (std::uint32_t i = 0; i < all.size(); ++i) {
        auto const [place, is_new] = ids.emplace(name_id_of(all[i].name), all[i].name);
        if (!is_new && place->second != all[i].name) {
            found.push_back(
                std::string{what} + "s '" + all[i].name + "' and '" + std::string{place->second} +
                "' have the same id: rename one"
            );
        }
        if (!names.emplace(all[i].name, i).second) {
            found.push_back(std::string{what} + " '" + all[i].name + "' is there twice");
        }
    }
    return names;
}

resolved_refs resolve(const route_params& route, const name_map& backends, errors& found) {
    resolved_refs resolved;
    name_map seen;
    for (auto const& ref : route.backend_refs) {
        auto const backend = backends.find(ref.backend);
        if (backend == backends.end()) {
            found.push_back("route '" + route.name + "': no backend '" + ref.backend + "'");
            continue;
        }
        if (!seen.emplace(ref.backend, 0).second) {
            found.push_back("route '" + route.name + "': backend '" + ref.backend + "' twice");
        }
        resolved.backends.push_back(static_cast<std::uint16_t>(backend->second));
        resolved.version_ids.push_back(name_id_of(ref.backend));
    }
    if (route.backend_refs.size() > traffic_split::versions_max) {
        found.push_back("route '" + route.name + "': more than 1024 backend_refs");
    }
    return resolved;
}

bool fits(const route_state& state, const route_params& file) {
    return state.split.masses().size() == file.backend_refs.size() &&
           std::equal(
               state.refs.begin(),
               state.refs.end(),
               file.backend_refs.begin(),
               file.backend_refs.end(),
               [](const backend_ref& a, const backend_ref& b) { return a.backend == b.backend; }
           );
}

}  // namespace

/// What tables that differ only in their splits have in common.
struct route_table::rules {
    table_params params;
    errors found;  // filled while the members below are made
    name_map backend_places;
    name_map route_places;
    std::vector<resolved_refs> refs;
    route_index index;
    siphash_key cookie_key;

    explicit rules(table_params made_from)
        : params(std::move(made_from)),
          backend_places(names_of(params.backends, "backend", found)),
          route_places(names_of(params.routes, "route", found)),
          index(params.routes, found),
          cookie_key(cookie_key_of(params.affinity_key)) {
        if (params.backends.size() > std::numeric_limits<std::uint16_t>::max()) {
            found.emplace_back("more than 65535 backends");
        }
        refs.reserve(params.routes.size());
        for (auto const& each : params.routes) {
            refs.push_back(resolve(each, backend_places, found));
        }
    }
};

std::uint32_t name_id_of(std::string_view name) noexcept {
    return static_cast<std::uint32_t>(siphash_2_4(name_key, name));
}

route_table::route_table(passkey, std::shared_ptr<const rules> shared, std::vector<route> routes)
    : rules_(std::move(shared)), routes_(std::move(routes)) {}

route_table::compiled route_table::compile(table_params params, std::vector<route_state> states) {
    auto const shared = std::make_shared<rules>(std::move(params));
    auto& found = shared->found;
    std::map<std::string_view, route_state*> by_name;
    for (auto& state : states) {
        by_name[state.route] = &state;
    }
    std::vector<route> routes;
    routes.reserve(shared->params.routes.size());
    for (std::uint32_t i = 0; found.empty() && i < shared->params.routes.size(); ++i) {
        auto const& file = shared->params.routes[i];
        auto const known = by_name.find(file.name);
        auto state = known == by_name.end() ? initial_state(file) : std::move(*known->second);
        if (!fits(state, file)) {
            found.push_back("route '" + file.name + "': its state is of other backend_refs");
            break;
        }
        routes.push_back({
            &file,
            i,
            name_id_of(file.name),
            std::move(state),
            shared->refs[i].backends,
            shared->refs[i].version_ids,
        });
    }
    if (!found.empty()) {
        return {nullptr, std::move(found)};
    }
    return {std::make_shared<const route_table>(passkey{}, shared, std::move(routes)), {}};
}

std::shared_ptr<const route_table> route_table::with_states(std::vector<route_state> states) const {
    auto routes = routes_;
    for (auto& state : states) {
        auto const* const known = find(state.route);
        MILLRACE_ASSERT(known != nullptr && fits(state, *known->params));
        routes[known->index].state = std::move(state);
    }
    return std::make_shared<const route_table>(passkey{}, rules_, std::move(routes));
}

bool route_table::uses_expressions() const noexcept {
    auto const is_expression = [](const value_match& each) {
        return each.kind == value_match::kind::regex;
    };
    return std::any_of(routes_.begin(), routes_.end(), [&](const route& each) {
        auto const& match = each.params->match;
        return match.path == match_params::path_kind::regex ||
               std::any_of(match.headers.begin(), match.headers.end(), is_expression) ||
               std::any_of(match.query.begin(), match.query.end(), is_expression);
    });
}

std::shared_ptr<const route_table> route_table::copy() const {
    return compile(rules_->params, states()).table;
}

std::vector<route_state> route_table::states() const {
    std::vector<route_state> all;
    all.reserve(routes_.size());
    for (auto const& each : routes_) {
        all.push_back(each.state);
    }
    return all;
}

const route* route_table::match(const request_view& request) const {
    auto const place = rules_->index.find(request);
    return place ? &routes_[*place] : nullptr;
}

const route* route_table::find(std::string_view name) const noexcept {
    auto const place = rules_->route_places.find(name);
    return place == rules_->route_places.end() ? nullptr : &routes_[place->second];
}

std::span<const backend_params> route_table::backends() const noexcept {
    return rules_->params.backends;
}

siphash_key route_table::affinity_key() const noexcept {
    return rules_->params.affinity_key;
}

siphash_key route_table::cookie_key() const noexcept {
    return rules_->cookie_key;
}

}  // namespace millrace::routing
