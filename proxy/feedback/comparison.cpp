#include "proxy/feedback/comparison.hpp"

#include "proxy/base/ascii.hpp"

#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace millrace::feedback {

namespace {

namespace json = boost::json;

json::string_view json_view(std::string_view text) {
    return {text.data(), text.size()};
}

std::string_view without_quotes(std::string_view text) {
    text = ascii::trimmed(text);
    bool const quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return quoted ? text.substr(1, text.size() - 2) : text;
}

std::optional<double> number_of(const json::value& value) {
    if (value.is_number()) {
        return value.to_number<double>();
    }
    return value.is_string() ? number_in(std::string_view{value.as_string()}) : std::nullopt;
}

/// As JSON; a field's text is a number when it reads as one.
std::optional<json::value> value_of(std::string_view text, bool is_json) {
    boost::system::error_code failed;
    if (is_json) {
        auto value = json::parse(json_view(text), failed);
        return failed ? std::nullopt : std::optional{std::move(value)};
    }
    if (auto const number = number_in(text)) {
        return json::value(*number);
    }
    return json::value(json_view(text));
}

bool are_equal(const json::value& a, const json::value& b) {
    if (a.is_number() && b.is_number()) {
        return a.to_number<double>() == b.to_number<double>();
    }
    if (!a.is_array() || !b.is_array()) {
        return a == b;
    }
    auto const& left = a.as_array();
    auto const& right = b.as_array();
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), are_equal);
}

/// A field says a number or a truth value in letters: it means the same as the truth's own.
bool are_equal_as_read(const json::value& said, const json::value& truth) {
    if (said.is_string() && truth.is_bool()) {
        return right_or_wrong(std::string_view{said.as_string()}) == truth.as_bool();
    }
    if (said.is_number() && truth.is_string()) {
        return number_of(truth) == said.to_number<double>();
    }
    return are_equal(said, truth);
}

std::vector<json::value> elements_of(const json::value& list) {
    if (!list.is_array()) {
        return {list};
    }
    return {list.as_array().begin(), list.as_array().end()};
}

std::vector<json::value> elements_of(const prediction_store::prediction& said) {
    std::vector<json::value> elements;
    if (said.is_json) {
        auto const list = value_of(said.text, true);
        return list ? elements_of(*list) : elements;
    }
    ascii::for_each_element(said.text, [&elements](std::string_view element) {
        elements.push_back(*value_of(element, false));
        return true;
    });
    return elements;
}

bool has_all_of(const std::vector<json::value>& all, const std::vector<json::value>& some) {
    return std::all_of(some.begin(), some.end(), [&all](const auto& wanted) {
        return std::any_of(all.begin(), all.end(), [&wanted](const auto& each) {
            return are_equal_as_read(each, wanted) || are_equal_as_read(wanted, each);
        });
    });
}

bool same_set(const prediction_store::prediction& said, const json::value& truth) {
    auto const predicted = elements_of(said);
    auto const true_ones = elements_of(truth);
    return has_all_of(predicted, true_ones) && has_all_of(true_ones, predicted);
}

}  // namespace

std::optional<bool> is_right(
    const prediction_store::prediction& said,
    const json::value& truth,
    const routing::label_params& by
) {
    auto const value = value_of(said.text, said.is_json);
    if (!value) {
        return std::nullopt;
    }
    switch (by.compare) {
        case routing::comparison::equal:
            return said.is_json ? are_equal(*value, truth) : are_equal_as_read(*value, truth);
        case routing::comparison::tolerance: {
            auto const predicted = number_of(*value);
            auto const actual = number_of(truth);
            return predicted && actual
                       ? std::optional{std::abs(*predicted - *actual) <= by.tolerance}
                       : std::nullopt;
        }
        case routing::comparison::set:
            return same_set(said, truth);
    }
    return std::nullopt;
}

std::optional<bool> right_or_wrong(std::string_view text) {
    auto const word = without_quotes(text);
    for (auto const* const right : {"right", "true", "1"}) {
        if (ascii::iequals(word, right)) {
            return true;
        }
    }
    for (auto const* const wrong : {"wrong", "false", "0"}) {
        if (ascii::iequals(word, wrong)) {
            return false;
        }
    }
    return std::nullopt;
}

std::optional<double> number_in(std::string_view text) {
    auto const digits = without_quotes(text);
    double value = 0;
    auto const* const end = digits.data() + digits.size();
    auto const [stopped, failed] = std::from_chars(digits.data(), end, value);
    bool const whole = failed == std::errc{} && stopped == end && std::isfinite(value);
    return whole ? std::optional{value} : std::nullopt;
}

}  // namespace millrace::feedback
