#include "proxy/config/choice_shape.hpp"

#include "proxy/config/wording.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace millrace::config {

std::size_t read_name(
    reader& in,
    const node& from,
    const std::vector<std::string>& names,
    const std::vector<std::string>& later
) {
    if (from.kind == node::kind::text) {
        auto const found = std::find(names.begin(), names.end(), from.text);
        if (found != names.end()) {
            return static_cast<std::size_t>(found - names.begin());
        }
        if (std::find(later.begin(), later.end(), from.text) != later.end()) {
            in.fail(
                from,
                fmt::format(
                    "expected {}, got {}, which is not built yet in this version",
                    alternatives(names),
                    in_quotes(from.text)
                )
            );
            return names.size();
        }
    }
    in.fail(
        from,
        fmt::format("expected {}, got {}", alternatives(names), shown(from)),
        from.kind == node::kind::text ? nearest(from.text, names) : ""
    );
    return names.size();
}

json::object names_schema(const std::vector<std::string>& names) {
    json::array allowed;
    for (auto const& name : names) {
        allowed.emplace_back(name);
    }
    return {{"enum", std::move(allowed)}};
}

}  // namespace millrace::config
