#pragma once

#include "proxy/config/shape.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

/// Shapes of single values.
namespace millrace::config {

/// true or false.
[[nodiscard]] shape_ptr<bool> boolean();

/// What a text must look like.
struct text_rules {
    std::string type = "text";  ///< for the reference
    std::string expected;       ///< ends the sentence "expected …"
    std::string pattern;        ///< of RE2 and of JSON Schema alike, with ^ and $; empty: anything
    /// Rules that a pattern cannot say: returns what is wrong with the value, or nothing.
    std::function<std::optional<std::string>(std::string_view)> check;
    bool lower_case = false;  ///< store it in lower case
    bool may_be_empty = false;
    /// Never show the value in an error: it may be a secret that stands in the wrong place.
    bool hidden = false;
};

/// Text. Empty text is written as nothing unless it may be empty.
[[nodiscard]] shape_ptr<std::string> text(text_rules rules);

/// An RE2 expression, at most 1,024 bytes; checked by compiling it.
[[nodiscard]] shape_ptr<std::string> regex_text();

/// Numbers of both ends included.
struct number_range {
    std::uint64_t min = 0;
    std::uint64_t max = 0;
};

/// Reads an unsigned integer of the range; reports and returns nothing otherwise.
[[nodiscard]] std::optional<std::uint64_t> read_integer(
    reader& in, const node& from, number_range range
);

/// Like read_integer, but also "64KiB", "1MiB", "1GiB".
[[nodiscard]] std::optional<std::uint64_t> read_bytes(
    reader& in, const node& from, number_range range
);

/// Bytes as a dump shows them: the largest unit that divides them.
[[nodiscard]] json::value write_bytes(std::uint64_t bytes);

[[nodiscard]] json::object bytes_schema(number_range range);

[[nodiscard]] json::object integer_schema(number_range range);

using std::chrono::microseconds;

struct duration_range {
    microseconds min{0};
    microseconds max = std::chrono::hours{24};
    microseconds step{1};  ///< the value is a multiple of it
};

/// "500us", "300ms", "5s", "10m", "6h", "30d", or 0.
[[nodiscard]] std::optional<microseconds> read_duration(
    reader& in, const node& from, duration_range range
);

/// The largest unit that divides it; 0 as the number.
[[nodiscard]] json::value write_duration(microseconds duration);

[[nodiscard]] json::object duration_schema(duration_range range);

[[nodiscard]] std::string range_text(duration_range range);

[[nodiscard]] std::string range_text(number_range range);

/// An integer of the range; the range must fit the type.
template <std::unsigned_integral Integer>
class integer_shape final : public shape<Integer> {
 public:
    explicit integer_shape(number_range range) : range_{range} {}

    void read(reader& in, const node& from, Integer& to) const override {
        if (auto const value = read_integer(in, from, range_)) {
            to = static_cast<Integer>(*value);
        }
    }

    [[nodiscard]] json::value write(const Integer& from) const override {
        return std::uint64_t{from};
    }

    [[nodiscard]] json::object schema() const override { return integer_schema(range_); }

    [[nodiscard]] shape_info info() const override { return {"integer", range_text(range_)}; }

 private:
    number_range range_;
};

template <std::unsigned_integral Integer>
[[nodiscard]] shape_ptr<Integer> integer(number_range range) {
    return std::make_shared<integer_shape<Integer>>(range);
}

/// A number of bytes.
template <std::unsigned_integral Integer>
class bytes_shape final : public shape<Integer> {
 public:
    explicit bytes_shape(number_range range) : range_{range} {}

    void read(reader& in, const node& from, Integer& to) const override {
        if (auto const value = read_bytes(in, from, range_)) {
            to = static_cast<Integer>(*value);
        }
    }

    [[nodiscard]] json::value write(const Integer& from) const override {
        return write_bytes(from);
    }

    [[nodiscard]] json::object schema() const override { return bytes_schema(range_); }

    [[nodiscard]] shape_info info() const override { return {"size", range_text(range_)}; }

 private:
    number_range range_;
};

template <std::unsigned_integral Integer>
[[nodiscard]] shape_ptr<Integer> bytes(number_range range) {
    return std::make_shared<bytes_shape<Integer>>(range);
}

/// A duration that a chrono type holds exactly.
template <class Duration>
class duration_shape final : public shape<Duration> {
 public:
    explicit duration_shape(duration_range range) : range_{range} { range_.step = Duration{1}; }

    void read(reader& in, const node& from, Duration& to) const override {
        if (auto const value = read_duration(in, from, range_)) {
            to = std::chrono::duration_cast<Duration>(*value);
        }
    }

    [[nodiscard]] json::value write(const Duration& from) const override {
        return write_duration(from);
    }

    [[nodiscard]] json::object schema() const override { return duration_schema(range_); }

    [[nodiscard]] shape_info info() const override { return {"duration", range_text(range_)}; }

 private:
    duration_range range_;
};

template <class Duration>
[[nodiscard]] shape_ptr<Duration> duration(duration_range range = {}) {
    return std::make_shared<duration_shape<Duration>>(range);
}

}  // namespace millrace::config
