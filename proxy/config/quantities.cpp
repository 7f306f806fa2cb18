#include "proxy/base/ascii.hpp"
#include "proxy/config/scalar_shapes.hpp"
#include "proxy/config/wording.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <array>
#include <utility>

// Integers, sizes and durations.
namespace millrace::config {

namespace {

struct unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::array<unit, 4> byte_units{
    unit{"GiB", 1ULL << 30U}, unit{"MiB", 1ULL << 20U}, unit{"KiB", 1ULL << 10U}, unit{"B", 1}};

constexpr std::array<unit, 6> time_units{
    unit{"d", 86'400'000'000},
    unit{"h", 3'600'000'000},
    unit{"m", 60'000'000},
    unit{"s", 1'000'000},
    unit{"ms", 1'000},
    unit{"us", 1}};

/// A whole number directly followed by a unit, in the smallest unit; nothing on anything else.
template <std::size_t Count>
std::optional<std::uint64_t> with_unit(
    std::string_view text, const std::array<unit, Count>& units
) {
    auto const end = text.find_first_not_of("0123456789");
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    auto const number = ascii::parse_decimal(text.substr(0, end));
    for (auto const& candidate : units) {
        if (number && text.substr(end) == candidate.name &&
            *number <= std::numeric_limits<std::uint64_t>::max() / candidate.factor) {
            return *number * candidate.factor;
        }
    }
    return std::nullopt;
}

template <std::size_t Count>
std::string in_largest_unit(std::uint64_t value, const std::array<unit, Count>& units) {
    for (auto const& candidate : units) {
        if (value % candidate.factor == 0) {
            return fmt::format("{}{}", value / candidate.factor, candidate.name);
        }
    }
    return std::to_string(value);
}

bool contains(number_range range, std::uint64_t value) {
    return value >= range.min && value <= range.max;
}

std::uint64_t count_of(microseconds duration) {
    return static_cast<std::uint64_t>(duration.count());
}

}  // namespace

std::optional<std::uint64_t> read_integer(reader& in, const node& from, number_range range) {
    if (from.kind == node::kind::integer) {
        auto const value = ascii::parse_decimal(from.text);
        if (value && contains(range, *value)) {
            return value;
        }
    }
    auto const number = from.kind == node::kind::text && ascii::parse_decimal(from.text)
                            ? shortened(from.text)
                            : "";
    in.fail(
        from,
        fmt::format("expected an integer from {} to {}, got {}", range.min, range.max, shown(from)),
        number
    );
    return std::nullopt;
}

json::object integer_schema(number_range range) {
    return {{"type", "integer"}, {"minimum", range.min}, {"maximum", range.max}};
}

std::string range_text(number_range range) {
    return fmt::format("{} to {}", range.min, range.max);
}

std::optional<std::uint64_t> read_bytes(reader& in, const node& from, number_range range) {
    std::optional<std::uint64_t> value;
    if (from.kind == node::kind::integer) {
        value = ascii::parse_decimal(from.text);
    } else if (from.kind == node::kind::text) {
        value = with_unit(from.text, byte_units);
    }
    if (value && contains(range, *value)) {
        return value;
    }
    in.fail(
        from,
        fmt::format(
            "expected bytes from {} to {} as a number or with B, KiB, MiB or GiB, got {}",
            range.min,
            range.max,
            shown(from)
        )
    );
    return std::nullopt;
}

json::value write_bytes(std::uint64_t bytes) {
    auto const written = in_largest_unit(bytes, byte_units);
    if (bytes == 0 || written.find('i') == std::string::npos) {
        return bytes;
    }
    return json::string(written);
}

json::object bytes_schema(number_range range) {
    return {
        {"anyOf",
         json::array{
             integer_schema(range),
             json::object{{"type", "string"}, {"pattern", "^[0-9]+([KMG]i)?B$"}}}}};
}

std::optional<microseconds> read_duration(reader& in, const node& from, duration_range range) {
    if (from.kind == node::kind::integer && from.text != "0") {
        in.fail(
            from,
            "expected a unit (us, ms, s, m, h or d) behind the number, got " + shown(from),
            shortened(from.text) + "s"
        );
        return std::nullopt;
    }
    auto const value = from.kind == node::kind::integer ? std::optional<std::uint64_t>{0}
                       : from.kind == node::kind::text  ? with_unit(from.text, time_units)
                                                        : std::nullopt;
    if (!value) {
        in.fail(from, "expected a duration such as 300ms, 5s or 10m, got " + shown(from));
        return std::nullopt;
    }
    if (!contains({count_of(range.min), count_of(range.max)}, *value)) {
        in.fail(
            from, fmt::format("expected a duration from {}, got {}", range_text(range), shown(from))
        );
        return std::nullopt;
    }
    if (*value % count_of(range.step) != 0) {
        in.fail(
            from,
            fmt::format(
                "expected a multiple of {}, got {}",
                in_largest_unit(count_of(range.step), time_units),
                shown(from)
            )
        );
        return std::nullopt;
    }
    return microseconds{static_cast<microseconds::rep>(*value)};
}

json::value write_duration(microseconds duration) {
    if (duration.count() == 0) {
        return 0;
    }
    return json::string(in_largest_unit(count_of(duration), time_units));
}

json::object duration_schema(duration_range range) {
    json::object with_unit_schema{{"type", "string"}, {"pattern", "^[0-9]+(us|ms|s|m|h|d)$"}};
    if (range.min.count() > 0) {
        return with_unit_schema;
    }
    return {{"anyOf", json::array{json::object{{"const", 0}}, std::move(with_unit_schema)}}};
}

std::string range_text(duration_range range) {
    auto const written = [](microseconds value) {
        return value.count() == 0 ? "0" : in_largest_unit(count_of(value), time_units);
    };
    return written(range.min) + " to " + written(range.max);
}

}  // namespace millrace::config
