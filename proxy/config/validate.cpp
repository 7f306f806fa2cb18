#include "proxy/config/validate.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/config/address.hpp"
#include "proxy/config/label_rules.hpp"
#include "proxy/config/metric_rules.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace millrace::config {

namespace {

using path_kind = routing::match_params::path_kind;

bool path_covers(const routing::match_params& earlier, const routing::match_params& later) {
    auto const& prefix = earlier.path_value;
    if (earlier.path == path_kind::any || (earlier.path == path_kind::prefix && prefix == "/")) {
        return true;
    }
    if (earlier.path == later.path && prefix == later.path_value) {
        return true;
    }
    bool const plain = later.path == path_kind::exact || later.path == path_kind::prefix;
    if (earlier.path != path_kind::prefix || !plain || !later.path_value.starts_with(prefix)) {
        return false;
    }
    return later.path_value.size() == prefix.size() || prefix.ends_with('/') ||
           later.path_value[prefix.size()] == '/';
}

/// Every condition of `earlier` stands in `later` too, or accepts what `later` asks for.
bool conditions_cover(
    const std::vector<routing::value_match>& earlier,
    const std::vector<routing::value_match>& later,
    bool names_ignore_case
) {
    using kind = enum routing::value_match::kind;
    return std::all_of(earlier.begin(), earlier.end(), [&](const routing::value_match& wanted) {
        return std::any_of(later.begin(), later.end(), [&](const routing::value_match& given) {
            bool const same_name = names_ignore_case ? ascii::iequals(wanted.name, given.name)
                                                     : wanted.name == given.name;
            bool const same = wanted.kind == given.kind && wanted.value == given.value;
            return same_name && (same || wanted.kind == kind::present);
        });
    });
}

bool methods_cover(const std::vector<std::string>& earlier, const std::vector<std::string>& later) {
    return earlier.empty() ||
           (!later.empty() && std::all_of(later.begin(), later.end(), [&](const auto& method) {
               return std::find(earlier.begin(), earlier.end(), method) != earlier.end();
           }));
}

void check_listeners(reader& in, const node& root, const configuration& read) {
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < read.listeners.size(); ++i) {
        host_port const bind{read.listeners[i].address, read.listeners[i].port};
        key_path const path{"listeners", i, "bind"};
        if (bind.port == 0) {
            continue;
        }
        if (!seen.insert(address_text(bind)).second) {
            in.fail_at(
                root,
                path,
                fmt::format("expected each address once, got '{}' again", address_text(bind))
            );
        }
        bool const admin_listens = read.admin.enabled && read.admin.unix_path.empty();
        if (admin_listens && reaches({read.admin.address, read.admin.port}, bind)) {
            in.fail_at(
                root,
                path,
                fmt::format(
                    "expected another address than the admin's, got '{}'", address_text(bind)
                )
            );
        }
    }
}

/// Clients must not reach the admin API through the gateway.
void check_admin_unreachable(reader& in, const node& root, const configuration& read) {
    if (!read.admin.enabled || !read.admin.unix_path.empty()) {
        return;
    }
    host_port const admin{read.admin.address, read.admin.port};
    for (auto const& backend : read.table.backends) {
        for (std::size_t i = 0; i < backend.endpoints.size(); ++i) {
            if (!reaches({backend.endpoints[i].host, backend.endpoints[i].port}, admin)) {
                continue;
            }
            auto const* value = root.find("backends")->find(backend.name);
            bool const several = value->find("urls") != nullptr;
            in.fail_at(
                root,
                several ? key_path{"backends", backend.name, "urls", i}
                        : key_path{"backends", backend.name, "url"},
                fmt::format(
                    "expected another address than the admin's, got '{}'", address_text(admin)
                )
            );
        }
    }
}

void check_backend_refs(reader& in, const node& root, const configuration& read) {
    std::vector<std::string> known;
    std::unordered_set<std::string_view> names;
    for (auto const& backend : read.table.backends) {
        known.push_back(backend.name);
        names.insert(backend.name);
    }
    for (std::size_t i = 0; i < read.table.routes.size() && !in.full(); ++i) {
        auto const& refs = read.table.routes[i].backend_refs;
        std::unordered_set<std::string_view> used;
        for (std::size_t j = 0; j < refs.size(); ++j) {
            key_path const path{"routes", i, "backend_refs", j, "backend"};
            auto const& name = refs[j].backend;
            if (name.empty()) {
                continue;
            }
            if (!names.contains(name)) {
                in.fail_at(
                    root,
                    path,
                    fmt::format("expected the name of a backend, got {}", in_quotes(name)),
                    nearest(name, known)
                );
            } else if (!used.insert(name).second) {
                in.fail_at(
                    root,
                    path,
                    fmt::format("expected each backend once, got {} again", in_quotes(name))
                );
            }
        }
    }
}

void check_route_names(reader& in, const node& root, const configuration& read) {
    std::unordered_map<std::string_view, std::size_t> seen;
    auto const& routes = read.table.routes;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        auto const [first, is_new] = seen.emplace(routes[i].name, i);
        if (!routes[i].name.empty() && !is_new) {
            in.fail_at(
                root,
                key_path{"routes", i, "name"},
                fmt::format(
                    "expected a name of its own, got that of routes[{}], '{}'",
                    first->second,
                    routes[i].name
                )
            );
        }
    }
}

/// The earlier routes that may cover a later one: those with a path for many paths, and those with
/// the very same path. Keeps a table of exact paths linear.
class earlier_routes {
 public:
    void add(const routing::match_params& match, std::size_t index) {
        bool const one_path = match.path == path_kind::exact || match.path == path_kind::regex;
        (one_path ? same_[match.path_value] : wide_).push_back(index);
    }

    template <class Covers>
    [[nodiscard]] std::optional<std::size_t> find(
        const routing::match_params& later, const Covers& covers_it
    ) const {
        auto const same = same_.find(later.path_value);
        auto const& narrow = same == same_.end() ? none_ : same->second;
        for (auto const* list : {&wide_, &narrow}) {
            auto const found = std::find_if(list->begin(), list->end(), covers_it);
            if (found != list->end()) {
                return *found;
            }
        }
        return std::nullopt;
    }

 private:
    std::vector<std::size_t> wide_;
    std::unordered_map<std::string_view, std::vector<std::size_t>> same_;
    std::vector<std::size_t> none_;
};

void check_reachable(reader& in, const node& root, const configuration& read) {
    auto const& routes = read.table.routes;
    earlier_routes earlier;
    for (std::size_t later = 0; later < routes.size() && !in.full(); ++later) {
        auto const& match = routes[later].match;
        auto const shadow = earlier.find(match, [&](std::size_t index) {
            return covers(routes[index].match, match);
        });
        if (shadow) {
            in.fail_at(
                root,
                key_path{"routes", later, "match"},
                fmt::format(
                    "expected requests that no earlier route takes, got only those of "
                    "routes[{}], '{}'",
                    *shadow,
                    routes[*shadow].name
                )
            );
        }
        earlier.add(match, later);
    }
}

}  // namespace

bool covers(const routing::match_params& earlier, const routing::match_params& later) {
    return (earlier.host.empty() || earlier.host == later.host) && path_covers(earlier, later) &&
           methods_cover(earlier.methods, later.methods) &&
           conditions_cover(earlier.headers, later.headers, true) &&
           conditions_cover(earlier.query, later.query, false);
}

void validate(reader& in, const node& root, const configuration& read) {
    bool const shapes_were_right = in.error_count() == 0;
    if (root.kind != node::kind::mapping) {
        return;
    }
    check_backend_refs(in, root, read);
    check_route_names(in, root, read);
    check_admin_unreachable(in, root, read);
    check_webhooks(in, root, read);
    // Values that were not read stand at their defaults, which mean "any": judging those would
    // report routes and addresses that nobody wrote.
    if (shapes_were_right) {
        check_listeners(in, root, read);
        check_reachable(in, root, read);
        check_custom_metrics(in, root, read);
        check_labels(in, root, read);
    }
}

}  // namespace millrace::config
