// Functions of `millrace stats`: Kayenta's judge and the statistics it is made of, under its names.
#include "proxy/app/stats_functions.hpp"
#include "proxy/stats/canary_judge.hpp"
#include "proxy/stats/descriptive.hpp"

#include <cctype>
#include <charconv>

namespace millrace::app {

namespace json = boost::json;

namespace {

using doubles = std::vector<double>;

auto const any_values = any_number();

// Two thresholds, the lower one first.
stats_parameter<doubles> thresholds(std::string name) {
    return {
        std::move(name),
        "of two numbers, low and high",
        [](const doubles& given) { return given.size() == 2; },
        doubles{1.0, 1.0}};
}

stats::canary_direction direction_of(const std::string& text) {
    if (text == "Increase" || text == "increase") {
        return stats::canary_direction::increase;
    }
    return text == "Decrease" || text == "decrease" ? stats::canary_direction::decrease
                                                    : stats::canary_direction::either;
}

// Why it is not a plain pass; null when it is.
json::value reason_of(stats::canary_label label) {
    switch (label) {
        case stats::canary_label::pass:
            return nullptr;
        case stats::canary_label::high:
            return "the experiment is high against the control";
        case stats::canary_label::low:
            return "the experiment is low against the control";
        case stats::canary_label::no_data:
        case stats::canary_label::no_data_failure:
            return "data are missing";
    }
    return nullptr;
}

stats_answer judge(
    const doubles& experiment,
    const doubles& control,
    double tolerance,
    double confidence_level,
    const std::string& direction,
    const std::string& measure,
    const doubles& matters,
    const doubles& critical,
    bool is_critical,
    bool is_data_required,
    const std::string& nan_strategy
) {
    auto const judged = stats::judge_canary(
        {experiment, control},
        {
            .tolerance = tolerance,
            .confidence_level = confidence_level,
            .measure = measure == "cles" ? stats::effect_measure::common_language
                                         : stats::effect_measure::mean_ratio,
            .matters = {matters[0], matters[1]},
            .critical = {critical[0], critical[1]},
            .direction = direction_of(direction),
            .is_critical = is_critical,
            .is_data_required = is_data_required,
            .missing_counts_as_zero = nan_strategy == "replace",
        }
    );
    return json::object{
        {"classification", stats::to_text(judged.label).data()},
        {"reason", reason_of(judged.label)},
        {"critical", judged.critical},
        {"deviation", judged.deviation},
        {"effectSize", judged.effect_size},
        {"estimate", judged.estimate},
        {"confidence", {judged.confidence.lower, judged.confidence.upper}},
    };
}

/// Reads "tolerance = 0.10, confLevel = 0.95, effectSizeThresholds = (0.5, 0.8)", the options of
/// Kayenta's classifier as its sources write them: numbers, pairs of numbers and quoted words.
class option_text {
 public:
    explicit option_text(std::string_view text) : rest_(text) {}

    [[nodiscard]] std::optional<json::object> parsed() {
        json::object options;
        for (skip(" \n\t,"); !rest_.empty(); skip(" \n\t,")) {
            auto const name = word();
            skip(" \n\t=");
            auto value = read_value();
            if (name.empty() || value.is_null()) {
                return std::nullopt;
            }
            options[name] = std::move(value);
        }
        return options;
    }

 private:
    void skip(std::string_view blanks) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
    }

    std::string_view take(std::size_t count) {
        auto const taken = rest_.substr(0, count);
        rest_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view word() {
        std::size_t end = 0;
        while (end < rest_.size() && std::isalnum(static_cast<unsigned char>(rest_[end])) != 0) {
            ++end;
        }
        return take(end);
    }

    // Null: there is none.
    json::value read_value() {
        if (rest_.starts_with('"')) {
            take(1);
            auto const quoted = take(rest_.find('"'));
            take(1);
            return json::value(quoted);
        }
        if (!rest_.starts_with('(')) {
            return read_number();
        }
        take(1);
        json::array pair;
        for (skip(" "); !rest_.empty() && !rest_.starts_with(')'); skip(" ,")) {
            auto number = read_number();
            if (number.is_null()) {
                return number;
            }
            pair.push_back(std::move(number));
        }
        take(1);
        return pair;
    }

    json::value read_number() {
        double number = 0.0;
        auto const [end, error] =
            std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
        if (error != std::errc{}) {
            return nullptr;
        }
        take(static_cast<std::size_t>(end - rest_.data()));
        return number;
    }

    std::string_view rest_;
};

// Lets the function also take its options as one text.
stats_function with_option_text(stats_function plain) {
    stats_function made = plain;
    made.arguments.push_back({"params", "text of further options, as \"tolerance = 0.1\"", false});
    made.call = [plain = std::move(plain)](const json::object& given) -> stats_answer {
        auto const* text = given.if_contains("params");
        if (text == nullptr) {
            return plain.call(given);
        }
        auto options = text->is_string() ? option_text{text->get_string()}.parsed() : std::nullopt;
        if (!options) {
            return stats_answer::wrong("argument 'params' must be: text of 'name = value' pairs");
        }
        for (auto const& member : given) {
            if (member.key() != "params") {
                (*options)[member.key()] = member.value();
            }
        }
        return plain.call(*options);
    };
    return made;
}

template <class Effect>
stats_function effect_function(std::string name, std::string summary, Effect effect) {
    return define(
        std::move(name),
        std::move(summary),
        [effect](const doubles& experiment, const doubles& control) {
            return effect({experiment, control});
        },
        numbers("experimentData", any_values, 0),
        numbers("controlData", any_values, 0)
    );
}

}  // namespace

std::vector<stats_function> canary_functions() {
    std::vector<stats_function> all;
    all.push_back(with_option_text(define(
        "kayenta_mann_whitney",
        "Kayenta's classification of a metric",
        judge,
        numbers("experiment", any_values, 0),
        numbers("control", any_values, 0),
        number("tolerance", at_least(0.0)).or_else(0.25),
        number("confLevel", between(0.0, 1.0)).or_else(0.98),
        choice("direction", {"Either", "Increase", "Decrease", "either", "increase", "decrease"})
            .or_else("Either"),
        choice("effectSizeMeasure", {"meanRatio", "cles"}).or_else("meanRatio"),
        thresholds("effectSizeThresholds"),
        thresholds("criticalThresholds"),
        flag("isCriticalMetric").or_else(false),
        flag("isDataRequired").or_else(false),
        choice("nanStrategy", {"remove", "replace"}).or_else("remove")
    )));
    all.push_back(define(
        "percentile",
        "percentile by linear interpolation",
        [](const doubles& values, double p) { return stats::percentile(values, p); },
        numbers("testData", any_values, 0),
        number("p", from_to(0.0, 100.0))
    ));
    all.push_back(define(
        "summary",
        "least, largest, mean, standard deviation and count",
        [](const doubles& values) {
            auto const found = stats::describe(values);
            return json::object{
                {"min", found.min},
                {"max", found.max},
                {"mean", found.mean},
                {"std", found.deviation},
                {"count", found.count},
            };
        },
        numbers("testData", any_values, 0)
    ));
    all.push_back(
        effect_function("mean_ratio", "mean of the experiment / of the control", stats::mean_ratio)
    );
    all.push_back(
        effect_function("cohens_d", "difference of the means in pooled deviations", stats::cohens_d)
    );
    all.push_back(effect_function(
        "cles",
        "probability that a value of the experiment is the larger",
        stats::common_language_effect
    ));
    return all;
}

}  // namespace millrace::app
