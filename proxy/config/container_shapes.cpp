#include "proxy/config/container_shapes.hpp"

#include "proxy/config/wording.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <unordered_set>

namespace millrace::config {

bool check_list(reader& in, const node& from, number_range length) {
    if (from.kind != node::kind::sequence) {
        in.fail(from, "expected a list, got " + kind_name(from));
        return false;
    }
    if (from.items.size() < length.min || from.items.size() > length.max) {
        in.fail(
            from,
            fmt::format(
                "expected a list of {} to {} elements, got {}",
                length.min,
                length.max,
                from.items.size()
            )
        );
        return false;
    }
    return true;
}

std::vector<const member*> check_names(reader& in, const node& from, const text_rules& key_rule) {
    if (from.kind != node::kind::mapping) {
        in.fail(from, "expected a mapping, got " + kind_name(from));
        return {};
    }
    RE2 const pattern{key_rule.pattern};
    std::vector<const member*> entries;
    std::unordered_set<std::string_view> seen;
    for (auto const& entry : from.members) {
        if (!seen.insert(entry.key).second) {
            in.fail_key(
                entry, fmt::format("expected each key once, got {} again", in_quotes(entry.key))
            );
            continue;
        }
        if (!RE2::FullMatch(entry.key, pattern)) {
            in.fail_key(
                entry, fmt::format("expected {}, got {}", key_rule.expected, in_quotes(entry.key))
            );
            continue;
        }
        if (auto const problem = key_rule.check ? key_rule.check(entry.key) : std::nullopt) {
            in.fail_key(entry, fmt::format("expected {}, got {}", key_rule.expected, *problem));
            continue;
        }
        entries.push_back(&entry);
    }
    return entries;
}

}  // namespace millrace::config
