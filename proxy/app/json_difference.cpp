#include "proxy/app/json_difference.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace millrace::app {

namespace {

namespace json = boost::json;
using difference = std::optional<std::string>;

std::string shown(const std::string& path, const json::value& one, const json::value& other) {
    return fmt::format(
        "{}: recorded {}, recomputed {}",
        path.empty() ? "the whole" : path,
        json::serialize(one),
        json::serialize(other)
    );
}

bool are_near(double a, double b, double tolerance) {
    return a == b || std::abs(a - b) <= tolerance * std::max({1.0, std::abs(a), std::abs(b)});
}

difference compare(
    const std::string& path, const json::value& one, const json::value& other, double tolerance
);

difference compare_objects(
    const std::string& path, const json::object& one, const json::object& other, double tolerance
) {
    for (auto const& [key, value] : one) {
        auto const inside = fmt::format(
            "{}{}{}", path, path.empty() ? "" : ".", std::string_view{key.data(), key.size()}
        );
        auto const* const same = other.if_contains(key);
        auto found = same == nullptr ? difference{inside + ": only recorded"}
                                     : compare(inside, value, *same, tolerance);
        if (found) {
            return found;
        }
    }
    return one.size() == other.size() ? std::nullopt
                                      : difference{path + ": more was recomputed than recorded"};
}

difference compare_arrays(
    const std::string& path, const json::array& one, const json::array& other, double tolerance
) {
    if (one.size() != other.size()) {
        return fmt::format(
            "{}: recorded {}, recomputed {} of them", path, one.size(), other.size()
        );
    }
    for (std::size_t i = 0; i < one.size(); ++i) {
        if (auto found = compare(fmt::format("{}[{}]", path, i), one[i], other[i], tolerance)) {
            return found;
        }
    }
    return std::nullopt;
}

difference compare(
    const std::string& path, const json::value& one, const json::value& other, double tolerance
) {
    if (one.is_object() && other.is_object()) {
        return compare_objects(path, one.get_object(), other.get_object(), tolerance);
    }
    if (one.is_array() && other.is_array()) {
        return compare_arrays(path, one.get_array(), other.get_array(), tolerance);
    }
    bool const equal = one.is_number() && other.is_number()
                           ? are_near(one.to_number<double>(), other.to_number<double>(), tolerance)
                           : one == other;
    return equal ? std::nullopt : difference{shown(path, one, other)};
}

}  // namespace

difference first_difference(
    const json::value& recorded, const json::value& recomputed, double tolerance
) {
    return compare({}, recorded, recomputed, tolerance);
}

}  // namespace millrace::app
