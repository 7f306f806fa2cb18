#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How arguments of `millrace stats` are told, read and checked: by one object each.
namespace millrace::app {

/// The T that a JSON value stands for, or nothing. One specialization per type of argument.
template <class T>
struct from_json;

template <>
struct from_json<double> {
    static constexpr std::string_view kind = "number";
    [[nodiscard]] static std::optional<double> read(const boost::json::value& value);
};

template <>
struct from_json<bool> {
    static constexpr std::string_view kind = "true or false";
    [[nodiscard]] static std::optional<bool> read(const boost::json::value& value);
};

template <>
struct from_json<std::string> {
    static constexpr std::string_view kind = "text";
    [[nodiscard]] static std::optional<std::string> read(const boost::json::value& value);
};

template <class T>
struct from_json<std::optional<T>> {
    static constexpr std::string_view kind = from_json<T>::kind;

    [[nodiscard]] static std::optional<std::optional<T>> read(const boost::json::value& value) {
        auto inner = from_json<T>::read(value);
        if (!inner) {
            return std::nullopt;
        }
        return std::optional<std::optional<T>>{std::in_place, std::move(inner)};
    }
};

template <class T>
struct from_json<std::vector<T>> {
    static constexpr std::string_view kind = "list";

    [[nodiscard]] static std::optional<std::vector<T>> read(const boost::json::value& value) {
        if (!value.is_array()) {
            return std::nullopt;
        }
        std::vector<T> items;
        items.reserve(value.get_array().size());
        for (auto const& each : value.get_array()) {
            auto item = from_json<T>::read(each);
            if (!item) {
                return std::nullopt;
            }
            items.push_back(std::move(*item));
        }
        return items;
    }
};

/// Reads the members of an object: each must be there, and no other.
/// @return  the numbers in the order of the names, or nothing
[[nodiscard]] std::optional<std::vector<double>> members_of(
    const boost::json::value& value, const std::vector<std::string_view>& names
);

/// An argument: its name, what it may be in words and as a test, and what it is when it is left
/// out.
template <class T>
struct stats_parameter {
    std::string name;
    std::string domain;                      ///< after the kind: "in (0, 1)"
    std::function<bool(const T&)> contains;  ///< whether a value lies in the domain
    std::optional<T> fallback = {};          ///< without one the argument is required

    [[nodiscard]] stats_parameter or_else(T value) const {
        auto copy = *this;
        copy.fallback = std::move(value);
        return copy;
    }
};

/// A domain of numbers.
struct number_domain {
    std::string text;
    std::function<bool(double)> contains;
};

[[nodiscard]] number_domain any_number();
[[nodiscard]] number_domain above(double bound);
[[nodiscard]] number_domain at_least(double bound);
/// The open interval.
[[nodiscard]] number_domain between(double low, double high);
/// Both ends belong to it.
[[nodiscard]] number_domain from_to(double low, double high);

[[nodiscard]] stats_parameter<double> number(std::string name, number_domain domain);
[[nodiscard]] stats_parameter<std::optional<double>> optional_number(
    std::string name, const number_domain& domain
);
[[nodiscard]] stats_parameter<bool> flag(std::string name);
[[nodiscard]] stats_parameter<std::string> choice(
    std::string name, const std::vector<std::string>& choices
);

/// @param least  how many there must be
[[nodiscard]] stats_parameter<std::vector<double>> numbers(
    std::string name, const number_domain& each, std::size_t least
);

/// A JSON text with numbers in their shortest exact form. What is no finite number becomes null, as
/// JSON has no word for it.
[[nodiscard]] std::string to_text(const boost::json::value& value);

template <class T>
concept shown_as_json = std::same_as<T, double> || std::same_as<T, bool> ||
    std::same_as<T, std::string> || std::same_as<T, std::vector<double>>;

/// The default as the help shows it; empty: the argument is required.
template <class T>
[[nodiscard]] std::string default_text(const std::optional<T>& fallback) {
    if (!fallback) {
        return "";
    }
    if constexpr (shown_as_json<T>) {
        return "default " + to_text(boost::json::value_from(*fallback));
    } else {
        return "optional";
    }
}

}  // namespace millrace::app
