#include "proxy/config/number_shape.hpp"

#include "proxy/config/wording.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

namespace millrace::config {

namespace {

/// Up to here every whole number is one of int64 and of double alike.
constexpr double whole_max = 9e15;

std::optional<double> parsed(const node& from) {
    if (from.kind != node::kind::integer && from.kind != node::kind::number) {
        return std::nullopt;
    }
    double value = 0;
    auto const* const end = from.text.data() + from.text.size();
    auto const [stopped, error] = std::from_chars(from.text.data(), end, value);
    bool const whole = error == std::errc{} && stopped == end && std::isfinite(value);
    return whole ? std::optional{value} : std::nullopt;
}

class number_shape final : public shape<double> {
 public:
    explicit number_shape(real_range range) : range_{range} {}

    void read(reader& in, const node& from, double& to) const override {
        auto const value = parsed(from);
        if (value && contains(*value)) {
            to = *value;
            return;
        }
        in.fail(from, fmt::format("expected a number {}, got {}", range_text(), shown(from)));
    }

    [[nodiscard]] json::value write(const double& from) const override {
        bool const whole = std::abs(from) < whole_max && std::trunc(from) == from;
        return whole ? json::value(static_cast<std::int64_t>(from)) : json::value(from);
    }

    [[nodiscard]] json::object schema() const override {
        return {
            {"type", "number"},
            {range_.above_min ? "exclusiveMinimum" : "minimum", write(range_.min)},
            {"maximum", write(range_.max)}};
    }

    [[nodiscard]] shape_info info() const override { return {"number", range_text()}; }

 private:
    [[nodiscard]] bool contains(double value) const {
        bool const large_enough = range_.above_min ? value > range_.min : value >= range_.min;
        return large_enough && value <= range_.max;
    }

    [[nodiscard]] std::string range_text() const {
        return range_.above_min ? fmt::format("above {}, at most {}", range_.min, range_.max)
                                : fmt::format("from {} to {}", range_.min, range_.max);
    }

    real_range range_;
};

}  // namespace

shape_ptr<double> number(real_range range) {
    return std::make_shared<number_shape>(range);
}

}  // namespace millrace::config
