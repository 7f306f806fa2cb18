#pragma once

#include "proxy/app/stats_parameters.hpp"
#include "proxy/stats/interval.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

/// The functions of `millrace stats`: one table of what proxy/stats offers, by name, with arguments
/// that are declared once for the reader, the checks and the help. Thread: any.
namespace millrace::app {

/// What a call gives: a result, or everything that is wrong with its arguments.
struct stats_answer {
    boost::json::value value;
    std::vector<std::string> errors;

    // What functions return converts by itself.
    stats_answer(double number) : value(number) {}  // NOLINT

    stats_answer(boost::json::value made) : value(std::move(made)) {}  // NOLINT

    stats_answer(boost::json::object made) : value(std::move(made)) {}  // NOLINT

    stats_answer(const stats::interval& ends)  // NOLINT
        : value(boost::json::array{ends.lower, ends.upper}) {}

    stats_answer(const std::vector<double>& numbers)  // NOLINT
        : value(boost::json::array(numbers.begin(), numbers.end())) {}

    [[nodiscard]] static stats_answer wrong(std::vector<std::string> errors) {
        stats_answer made{boost::json::value{}};
        made.errors = std::move(errors);
        return made;
    }

    [[nodiscard]] static stats_answer wrong(std::string error) {
        return wrong(std::vector{std::move(error)});
    }
};

/// An argument in words.
struct stats_argument {
    std::string name;
    std::string text;  ///< "number in (0, 1), default 0.05"
    bool required = false;
};

struct stats_function {
    std::string name;
    std::string summary;
    std::vector<stats_argument> arguments;
    std::function<stats_answer(const boost::json::object&)> call;
};

/// All of them, in the order of the help.
[[nodiscard]] const std::vector<stats_function>& stats_functions();

/// By name; what stands behind a blank is a note. nullptr: there is none.
[[nodiscard]] const stats_function* find_stats_function(std::string_view name);

/// The groups of the table, a source file each.
[[nodiscard]] std::vector<stats_function> sequence_functions();
[[nodiscard]] std::vector<stats_function> mean_functions();
[[nodiscard]] std::vector<stats_function> canary_functions();
[[nodiscard]] std::vector<stats_function> evidence_functions();
[[nodiscard]] std::vector<stats_function> process_functions();
[[nodiscard]] std::vector<stats_function> contrast_functions();
[[nodiscard]] std::vector<stats_function> iter8_functions();

/// An error for each argument that the function does not have.
[[nodiscard]] std::vector<std::string> unknown_arguments(
    const boost::json::object& given, const std::vector<stats_argument>& known
);

template <class T>
[[nodiscard]] stats_argument told(const stats_parameter<T>& parameter) {
    std::string text{from_json<T>::kind};
    if (!parameter.domain.empty()) {
        text += " " + parameter.domain;
    }
    if (auto const shown = default_text(parameter.fallback); !shown.empty()) {
        text += ", " + shown;
    }
    return {parameter.name, std::move(text), !parameter.fallback};
}

/// The argument's value, or nothing and an error more.
template <class T>
[[nodiscard]] std::optional<T> read_argument(
    const stats_parameter<T>& parameter,
    const boost::json::object& given,
    std::vector<std::string>& errors
) {
    auto const* found = given.if_contains(parameter.name);
    if (found == nullptr) {
        if (!parameter.fallback) {
            errors.push_back(fmt::format("argument '{}' is missing", parameter.name));
        }
        return parameter.fallback;
    }
    auto value = from_json<T>::read(*found);
    if (!value || !parameter.contains(*value)) {
        errors.push_back(fmt::format(
            "argument '{}' must be: {} {}", parameter.name, from_json<T>::kind, parameter.domain
        ));
        return std::nullopt;
    }
    return value;
}

/// Joins a name, a callable and the parameters that it is called with, in order.
template <class Call, class... Types>
[[nodiscard]] stats_function define(
    std::string name, std::string summary, Call call, stats_parameter<Types>... parameters
) {
    stats_function made{std::move(name), std::move(summary), {told(parameters)...}, {}};
    made.call = [call = std::move(call),
                 known = made.arguments,
                 parameters...](const boost::json::object& given) -> stats_answer {
        auto errors = unknown_arguments(given, known);
        // Braces: the arguments are read in their order.
        std::tuple<std::optional<Types>...> const values{
            read_argument(parameters, given, errors)...};
        if (!errors.empty()) {
            return stats_answer::wrong(std::move(errors));
        }
        return std::apply(
            [&](auto const&... each) { return stats_answer{call(*each...)}; }, values
        );
    };
    return made;
}

}  // namespace millrace::app
