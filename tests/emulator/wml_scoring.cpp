#include "tests/emulator/wml_scoring.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace json = boost::json;

namespace emulator {
namespace {

constexpr std::string_view deployments = "/ml/v4/deployments/";
constexpr std::string_view predictions = "/predictions";
constexpr std::size_t depth_max = 16;

std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;  // splitmix64's finaliser
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 0xcbf29ce484222325U;  // FNV-1a
    for (const char letter : text) {
        value = (value ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
    }
    return value;
}

/// Into [-1, 1), evenly.
double centred(std::uint64_t value) {
    return static_cast<double>(mixed(value) >> 11) * 0x1p-52 - 1.0;
}

double number_of(const json::value& feature) {
    if (feature.is_number()) {
        const auto number = feature.to_number<double>();
        return number / (1.0 + std::abs(number));
    }
    if (feature.is_string()) {
        return centred(hash(feature.get_string()));
    }
    if (feature.is_bool()) {
        return feature.get_bool() ? 1.0 : -1.0;
    }
    return 0.0;  // null counts as unknown, and so do nested arrays (texts, images)
}

double probability(const risk_model& model, const json::value& row) {
    double sum = 0;
    if (const json::array* features = row.if_array()) {
        for (std::size_t position = 0; position < features->size(); ++position) {
            sum += model.weight_of(position + 1) * number_of((*features)[position]);
        }
    } else {
        sum = model.weight_of(1) * number_of(row);
    }
    return 1.0 / (1.0 + std::exp(-(0.5 * model.weight_of(0) + sum)));
}

/// YYYY-MM-DD in digits.
bool is_date(std::string_view text) {
    constexpr std::string_view shape = "dddd-dd-dd";
    return text.size() == shape.size() &&
           std::equal(text.begin(), text.end(), shape.begin(), [](char letter, char wanted) {
               return wanted == 'd' ? letter >= '0' && letter <= '9' : letter == wanted;
           });
}

/// Value of the only `version` in the query; empty when there is none or more than one.
std::string_view version_in(std::string_view target) {
    std::string_view query = target.substr(std::min(target.find('?'), target.size()));
    std::string_view found;
    while (!query.empty()) {
        query.remove_prefix(1);
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(pair.size());
        constexpr std::string_view name = "version=";
        if (pair.starts_with(name)) {
            if (!found.empty()) {
                return {};
            }
            found = pair.substr(name.size());
        }
    }
    return found;
}

/// What is wrong with one element of input_data, or nothing.
std::string_view fault_of(const json::value& set) {
    const json::object* object = set.if_object();
    const json::value* values = object == nullptr ? nullptr : object->if_contains("values");
    if (values == nullptr || !values->is_array()) {
        return "Each element of 'input_data' needs an array 'values'.";
    }
    const json::value* fields = object->if_contains("fields");
    if (fields == nullptr) {
        return {};
    }
    if (!fields->is_array()) {
        return "'fields' must be an array of names.";
    }
    const std::size_t width = fields->get_array().size();
    const bool fits = std::all_of(
        values->get_array().begin(),
        values->get_array().end(),
        [width](const json::value& row) {
            return row.is_array() && row.get_array().size() == width;
        }
    );
    return fits ? std::string_view{} : "A row of 'values' has not as many entries as 'fields'.";
}

json::object predicted(const risk_model& model, const json::array& rows) {
    json::array values;
    for (const json::value& row : rows) {
        const double risk = probability(model, row);
        values.push_back(json::array{
            risk >= 0.5 ? "risk" : "no risk", json::array{1.0 - risk, risk}});
    }
    return {{"fields", {"prediction", "probability"}}, {"values", std::move(values)}};
}

}  // namespace

risk_model::risk_model(std::string_view version) : seed_{hash(version)} {}

double risk_model::weight_of(std::size_t position) const {
    return 2.0 * centred(seed_ + 0x9e3779b97f4a7c15U * (position + 1));
}

std::string_view deployment_of(std::string_view path) {
    if (!path.starts_with(deployments) || !path.ends_with(predictions) ||
        path.size() <= deployments.size() + predictions.size()) {
        return {};
    }
    path.remove_prefix(deployments.size());
    path.remove_suffix(predictions.size());
    return path.find('/') == std::string_view::npos ? path : std::string_view{};
}

scored score(
    const risk_model& model, std::string_view target, std::string_view body, std::string_view trace
) {
    // The service wants its API version as a query parameter on every /ml/ call. The exact body of
    // its refusal is not documented; code and status are those of other malformed requests.
    if (!is_date(version_in(target))) {
        return wml_error(
            400,
            "invalid_request_entity",
            "Query parameter 'version' must be one YYYY-MM-DD.",
            trace
        );
    }
    json::error_code error;
    json::parse_options options;
    options.max_depth = depth_max;
    const json::value document =
        json::parse(json::string_view{body.data(), body.size()}, error, {}, options);
    const json::object* object = error ? nullptr : document.if_object();
    const json::value* sets = object == nullptr ? nullptr : object->if_contains("input_data");
    if (sets == nullptr || !sets->is_array() || sets->get_array().empty()) {
        return wml_error(
            400,
            "invalid_request_entity",
            "The body must be JSON with an array 'input_data'.",
            trace
        );
    }
    json::array answers;
    for (const json::value& set : sets->get_array()) {
        if (const std::string_view fault = fault_of(set); !fault.empty()) {
            return wml_error(400, "invalid_request_entity", fault, trace);
        }
        answers.push_back(predicted(model, set.get_object().at("values").get_array()));
    }
    return {200, json::serialize(json::object{{"predictions", std::move(answers)}})};
}

scored wml_error(
    unsigned status, std::string_view code, std::string_view message, std::string_view trace
) {
    const auto text = [](std::string_view view) { return json::string{view.data(), view.size()}; };
    const json::object fault{
        {"code", text(code)},
        {"message", text(message)},
        {"more_info", "https://cloud.ibm.com/apidocs/machine-learning"}};
    return {
        status,
        json::serialize(json::object{
            {"errors", json::array{fault}}, {"trace", text(trace)}, {"status_code", status}})};
}

}  // namespace emulator
