#include "proxy/app/stats_parameters.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace millrace::app {

namespace json = boost::json;

namespace {

template <class Container, class Each>
std::string joined(const Container& items, char open, char close, const Each& text_of) {
    std::string text{open};
    for (auto const& item : items) {
        text += (text.size() > 1 ? ", " : "") + text_of(item);
    }
    return text + close;
}

}  // namespace

std::optional<double> from_json<double>::read(const json::value& value) {
    json::error_code error;
    auto const number = value.to_number<double>(error);
    return error || !std::isfinite(number) ? std::nullopt : std::optional{number};
}

std::optional<bool> from_json<bool>::read(const json::value& value) {
    return value.is_bool() ? std::optional{value.get_bool()} : std::nullopt;
}

std::optional<std::string> from_json<std::string>::read(const json::value& value) {
    return value.is_string() ? std::optional{std::string{value.get_string()}} : std::nullopt;
}

std::optional<std::vector<double>> members_of(
    const json::value& value, const std::vector<std::string_view>& names
) {
    auto const* object = value.if_object();
    if (object == nullptr || object->size() != names.size()) {
        return std::nullopt;
    }
    std::vector<double> found;
    for (auto const name : names) {
        auto const* member = object->if_contains({name.data(), name.size()});
        auto const number = member != nullptr ? from_json<double>::read(*member) : std::nullopt;
        if (!number) {
            return std::nullopt;
        }
        found.push_back(*number);
    }
    return found;
}

number_domain any_number() {
    return {"", [](double) { return true; }};
}

number_domain above(double bound) {
    return {fmt::format("above {}", bound), [bound](double x) { return x > bound; }};
}

number_domain at_least(double bound) {
    return {fmt::format("at least {}", bound), [bound](double x) { return x >= bound; }};
}

number_domain between(double low, double high) {
    return {fmt::format("in ({}, {})", low, high), [=](double x) { return x > low && x < high; }};
}

number_domain from_to(double low, double high) {
    return {fmt::format("in [{}, {}]", low, high), [=](double x) { return x >= low && x <= high; }};
}

stats_parameter<double> number(std::string name, number_domain domain) {
    return {std::move(name), std::move(domain.text), std::move(domain.contains)};
}

stats_parameter<std::optional<double>> optional_number(
    std::string name, const number_domain& domain
) {
    auto const contains = [domain](const std::optional<double>& x) { return domain.contains(*x); };
    return {std::move(name), domain.text, contains, std::optional<double>{}};
}

stats_parameter<bool> flag(std::string name) {
    return {std::move(name), "", [](bool) { return true; }};
}

stats_parameter<std::string> choice(std::string name, const std::vector<std::string>& choices) {
    return {
        std::move(name),
        fmt::format("of {}", fmt::join(choices, ", ")),
        [choices](const std::string& given) {
            return std::find(choices.begin(), choices.end(), given) != choices.end();
        }};
}

stats_parameter<std::vector<double>> numbers(
    std::string name, const number_domain& each, std::size_t least
) {
    auto text = fmt::format("of {}numbers", least > 0 ? fmt::format("at least {} ", least) : "");
    return {
        std::move(name),
        each.text.empty() ? text : text + " " + each.text,
        [contains = each.contains, least](const std::vector<double>& given) {
            return given.size() >= least && std::all_of(given.begin(), given.end(), contains);
        }};
}

std::string to_text(const json::value& value) {
    if (value.is_double()) {
        double const number = value.get_double();
        return std::isfinite(number) ? fmt::format("{}", number) : "null";
    }
    if (auto const* array = value.if_array()) {
        return joined(*array, '[', ']', [](const json::value& item) { return to_text(item); });
    }
    if (auto const* object = value.if_object()) {
        return joined(*object, '{', '}', [](const json::key_value_pair& member) {
            return json::serialize(member.key()) + ": " + to_text(member.value());
        });
    }
    return json::serialize(value);
}

}  // namespace millrace::app
