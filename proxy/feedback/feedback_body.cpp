#include "proxy/feedback/feedback_body.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/feedback/comparison.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>
#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace millrace::feedback {

namespace {

namespace json = boost::json;

constexpr std::size_t list_elements_max = 100;

feedback_item failed(std::string error) {
    feedback_item made;
    made.error = std::move(error);
    return made;
}

std::string_view text_of(const json::value& value) {
    return std::string_view{value.as_string()};
}

bool is_plain(const json::value& value) {
    return value.is_string() || value.is_bool() || value.is_number();
}

bool can_be_true(const json::value& value) {
    if (!value.is_array()) {
        return is_plain(value);
    }
    auto const& list = value.as_array();
    bool plain = list.size() <= list_elements_max;
    for (auto const& each : list) {
        plain = plain && is_plain(each);
    }
    return plain;
}

void take_label(feedback_item& to, const json::value& value) {
    std::optional<bool> told;
    if (value.is_bool()) {
        told = value.as_bool();
    } else if (value == "right" || value == "wrong") {
        told = value == "right";
    }
    if (!told) {
        to.error = "'label' is expected to be true, false, \"right\" or \"wrong\"";
        return;
    }
    to.says = right{*told};
}

void take_score(feedback_item& to, const json::value& value) {
    auto const number = value.is_number() ? value.to_number<double>() : std::nan("");
    if (!std::isfinite(number)) {
        to.error = "'score' is expected to be a finite number";
        return;
    }
    to.says = score{number};
}

void take_truth(feedback_item& to, const json::value& value) {
    if (!can_be_true(value)) {
        to.error = fmt::format(
            "'true_value' is expected to be a text, a number, a truth value, or a list of at most "
            "{} of them",
            list_elements_max
        );
        return;
    }
    // A copy of its own: what it was parsed into goes with the body.
    to.says = true_value{json::value(value, json::storage_ptr{})};
}

void take_id(feedback_item& to, const json::value& value) {
    if (!value.is_string() || value.as_string().empty()) {
        to.error = "'id' is expected to be a text: an x-millrace-id";
        return;
    }
    to.id = text_of(value);
}

/// @return  how many of the three things that can be said it is
int take_member(feedback_item& to, std::string_view key, const json::value& value) {
    if (key == "id") {
        take_id(to, value);
        return 0;
    }
    if (key == "label") {
        take_label(to, value);
    } else if (key == "score") {
        take_score(to, value);
    } else if (key == "true_value") {
        take_truth(to, value);
    } else {
        to.error = fmt::format(
            "the member '{}' is not known: expected id, and label, score or true_value",
            key.substr(0, 64)
        );
        return 0;
    }
    return 1;
}

feedback_item item_of(const json::value& from) {
    if (!from.is_object()) {
        return failed("expected an object");
    }
    feedback_item made;
    int said = 0;
    for (auto const& member : from.as_object()) {
        said += take_member(made, {member.key().data(), member.key().size()}, member.value());
        if (!made.error.empty()) {
            return failed(std::move(made.error));
        }
    }
    if (said != 1) {
        return failed("expected one of 'label', 'score' and 'true_value'");
    }
    if (made.id.empty()) {
        return failed("expected an 'id': the x-millrace-id of the answer");
    }
    return made;
}

feedback_body lines_of(std::string_view text) {
    feedback_body made;
    while (!text.empty()) {
        auto const end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!line.empty() && line.back() == '\r') {
            line.remove_suffix(1);
        }
        if (ascii::trimmed(line).empty()) {
            continue;
        }
        boost::system::error_code failure;
        json::monotonic_resource memory;
        auto const parsed = json::parse({line.data(), line.size()}, failure, &memory);
        made.items.push_back(
            failure ? failed("it is no JSON: " + failure.message()) : item_of(parsed)
        );
    }
    return made;
}

}  // namespace

feedback_body parse_feedback(std::string_view text, bool lines) {
    if (lines) {
        return lines_of(text);
    }
    feedback_body made;
    boost::system::error_code failure;
    json::monotonic_resource memory;
    auto const parsed = json::parse({text.data(), text.size()}, failure, &memory);
    if (failure) {
        made.error = "the body is no JSON: " + failure.message();
    } else if (parsed.is_array()) {
        for (auto const& each : parsed.as_array()) {
            made.items.push_back(item_of(each));
        }
    } else if (parsed.is_object()) {
        made.items.push_back(item_of(parsed));
    } else {
        made.error = "expected an object, or a list of objects";
    }
    return made;
}

}  // namespace millrace::feedback
