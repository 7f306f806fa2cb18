#include "proxy/app/rollout_text.hpp"

#include "proxy/app/custom_metric_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace millrace::app {

namespace {

namespace json = boost::json;

std::string_view text(const json::object& of, std::string_view key) {
    auto const& value = of.at({key.data(), key.size()});
    return value.is_string()
               ? std::string_view{value.get_string().data(), value.get_string().size()}
               : std::string_view{};
}

/// NaN when there is none.
double number(const json::object& of, std::string_view key) {
    auto const& value = of.at({key.data(), key.size()});
    return value.is_number() ? value.to_number<double>() : std::nan("");
}

std::uint64_t count(const json::object& of, std::string_view key) {
    return of.at({key.data(), key.size()}).to_number<std::uint64_t>();
}

bool flag(const json::object& of, std::string_view key) {
    return of.at({key.data(), key.size()}).as_bool();
}

/// An e-value by its logarithm: how much more a bet against the hypothesis would hold than its
/// stake.
std::string e_value(double log_e) {
    constexpr double readable = 13.8;  // a million
    if (std::isnan(log_e)) {
        return "?";
    }
    return log_e > readable ? fmt::format("1e{:.0f}", log_e / std::log(10.0))
                            : fmt::format("{:.3g}", std::exp(log_e));
}

std::string bad_of(const json::object& arm) {
    auto const all = count(arm, "count");
    auto const bad = count(arm, "bad");
    auto const percent = all == 0 ? 0 : 100 * static_cast<double>(bad) / static_cast<double>(all);
    return fmt::format("{} of {} ({:.3g} %)", bad, all, percent);
}

/// "step 3 of 5", unless there are no steps to go.
std::string step_text(const json::object& rollout) {
    return fmt::format(
        "step {} of {}", count(rollout, "step") + 1, rollout.at("steps").as_array().size()
    );
}

/// Whatever holds it up, besides a lack of evidence.
std::vector<std::string> obstacles(const json::object& rollout) {
    std::vector<std::string> all;
    if (flag(rollout, "paused")) {
        all.emplace_back("paused: no more weight and no promotion; rollbacks go on");
    }
    if (flag(rollout, "incident")) {
        all.emplace_back("incident: primary and candidate break an objective together");
    }
    if (flag(rollout, "load")) {
        all.emplace_back("load: all requests of the route together break its guard");
    }
    if (!text(rollout, "trouble").empty()) {
        all.push_back("trouble: " + std::string{text(rollout, "trouble")});
    }
    if (!text(rollout, "waiting_for").empty()) {
        all.push_back("waits for " + std::string{text(rollout, "waiting_for")});
    }
    if (count(rollout, "ticks_lost") > 0) {
        all.push_back(fmt::format(
            "{} ticks of evidence could not be read in time", count(rollout, "ticks_lost")
        ));
    }
    if (auto const lost = count(rollout.at("units").as_object(), "lost"); lost > 0) {
        all.push_back(fmt::format("{} units were lost with an earlier process", lost));
    }
    return all;
}

std::string share_text(const json::object& candidate) {
    if (flag(candidate, "out")) {
        return fmt::format("out: {}", text(candidate, "why_out"));
    }
    return fmt::format("{:g} %", number(candidate, "share"));
}

std::string guardrail_line(const json::object& guardrail) {
    return fmt::format(
        "    {:<18} {:>10} of {:<10} {:>10} of {:<10} {:>10} {:>22} {:>22}\n",
        text(guardrail, "name"),
        e_value(number(guardrail, "log_e_rollback")),
        e_value(number(guardrail, "rollback_threshold")),
        e_value(number(guardrail, "log_e_promotion")),
        e_value(number(guardrail, "promotion_threshold")),
        count(guardrail, "step_outcomes"),
        bad_of(guardrail.at("primary").as_object()),
        bad_of(guardrail.at("candidate").as_object())
    );
}

std::string guardrail_head() {
    return fmt::format(
        "    {:<18} {:>24} {:>24} {:>10} {:>22} {:>22}\n",
        "guardrail",
        "E to roll back",
        "E to promote",
        "in step",
        "bad, primary",
        "bad, candidate"
    );
}

/// What keeps one guardrail from proving anything yet.
std::vector<std::string> missing(const json::object& guardrail, std::uint64_t outcomes_min) {
    if (flag(guardrail, "broken")) {
        return {"its evidence is no finite number: it decides nothing"};
    }
    if (flag(guardrail, "arrivals_broken")) {
        return {"what feeds it does not arrive as requests are assigned: it decides nothing"};
    }
    std::vector<std::string> all;
    if (flag(guardrail, "waiting")) {
        all.emplace_back("nothing has been counted yet");
    }
    if (auto const seen = count(guardrail, "step_outcomes"); seen < outcomes_min) {
        all.push_back(fmt::format("{} more requests in this step", outcomes_min - seen));
    }
    if (flag(guardrail, "waiting")) {
        return all;
    }
    auto const lacking =
        number(guardrail, "promotion_threshold") - number(guardrail, "log_e_promotion");
    if (lacking > 0) {
        auto const units = number(guardrail, "units_to_promotion");
        all.push_back(
            std::isnan(units) ? fmt::format(
                                    "evidence for promotion, {} times as much; at the present "
                                    "rates it does not grow",
                                    e_value(lacking)
                                )
                              : fmt::format(
                                    "evidence for promotion, {} times as much: about {:.0f} more "
                                    "requests of both at "
                                    "the present rates",
                                    e_value(lacking),
                                    units
                                )
        );
    }
    return all;
}

const json::object& hypotheses_of(const json::object& rollout, std::string_view guardrail) {
    static const json::object none{{"rollback", ""}, {"promotion", ""}};
    for (auto const& each : rollout.at("guardrails").as_array()) {
        if (text(each.as_object(), "name") == guardrail) {
            return each.at("hypotheses").as_object();
        }
    }
    return none;
}

std::string guardrail_story(const json::object& rollout, const json::object& guardrail, bool open) {
    auto const& asked = hypotheses_of(rollout, text(guardrail, "name"));
    auto story = fmt::format(
        "\n  {}: {} bad of the candidate, {} of the primary\n"
        "    rolled back once it is refuted that {}:\n      E = {} of {}\n"
        "    promoted once it is refuted that {}:\n      E = {} of {}, in this step {}\n",
        text(guardrail, "name"),
        bad_of(guardrail.at("candidate").as_object()),
        bad_of(guardrail.at("primary").as_object()),
        text(asked, "rollback"),
        e_value(number(guardrail, "log_e_rollback")),
        e_value(number(guardrail, "rollback_threshold")),
        text(asked, "promotion"),
        e_value(number(guardrail, "log_e_promotion")),
        e_value(number(guardrail, "promotion_threshold")),
        e_value(number(guardrail, "log_e_promotion_step"))
    );
    if (open) {
        for (auto const& each : missing(guardrail, count(rollout, "step_outcomes_min"))) {
            story += "    missing: " + each + "\n";
        }
    }
    return story;
}

std::string mean_of(const json::object& arm) {
    return fmt::format("{:.4g} of {}", number(arm, "mean"), count(arm, "count"));
}

std::string difference_of(const json::object& reward) {
    auto const* const both = reward.at("difference").if_array();
    if (both == nullptr) {
        return "not known";
    }
    return fmt::format(
        "between {:+.3g} and {:+.3g}",
        both->at(0).to_number<double>(),
        both->at(1).to_number<double>()
    );
}

std::string reward_story(const json::object& reward) {
    return fmt::format(
        "\n  {}{}: mean {} of the candidate, {} of the primary; difference {}\n"
        "    promoted once it is refuted that it is no better:\n      E = {} of {}, in this step "
        "{}\n"
        "    rolled back once it is refuted that it is no worse:\n      E = {} of {}\n",
        text(reward, "name"),
        flag(reward, "decides") ? "" : " (reported only)",
        mean_of(reward.at("candidate").as_object()),
        mean_of(reward.at("primary").as_object()),
        difference_of(reward),
        e_value(number(reward, "log_e_promotion")),
        e_value(number(reward, "promotion_threshold")),
        e_value(number(reward, "log_e_promotion_step")),
        e_value(number(reward, "log_e_rollback")),
        e_value(number(reward, "rollback_threshold"))
    );
}

std::string about_so_many(double requests) {
    return std::isnan(requests) ? "any number of" : fmt::format("about {:.0f}", requests);
}

/// What the evidence takes at the candidate's share, while nothing has been counted.
std::string forecast_story(const json::object& rollout, double share) {
    std::string story;
    for (auto const& each : rollout.at("forecast").as_array()) {
        auto const& about = each.as_object();
        if (number(about, "share") != share) {
            continue;
        }
        story += fmt::format(
            "    expected for {}, were it {}: found after {} requests of both; an equal one proven "
            "after {}\n",
            text(about, "metric"),
            text(about, "harm"),
            about_so_many(number(about, "requests_to_rollback")),
            about_so_many(number(about, "requests_to_promotion"))
        );
    }
    return story;
}

bool is_waiting(const json::object& candidate) {
    auto const& all = candidate.at("guardrails").as_array();
    return std::any_of(all.begin(), all.end(), [](const auto& each) {
        return flag(each.as_object(), "waiting");
    });
}

bool has_ended(const json::object& rollout) {
    return text(rollout, "phase") == "succeeded" || text(rollout, "phase") == "failed";
}

std::string candidate_story(const json::object& rollout, const json::object& candidate) {
    auto story = fmt::format("\n{}: {}\n", text(candidate, "backend"), share_text(candidate));
    if (flag(candidate, "assignment_broken")) {
        story += fmt::format(
            "  requests do not follow the weights (E = {}): every test of it stopped\n",
            e_value(number(candidate, "log_e_assignment"))
        );
    }
    bool const open = !flag(candidate, "out") && !has_ended(rollout);
    for (auto const& guardrail : candidate.at("guardrails").as_array()) {
        story += guardrail_story(rollout, guardrail.as_object(), open);
    }
    for (auto const& reward : candidate.at("rewards").as_array()) {
        story += reward_story(reward.as_object());
    }
    if (open && is_waiting(candidate)) {
        story += forecast_story(rollout, number(candidate, "share"));
    }
    auto const metrics = custom_metric_lines(candidate, open);
    return metrics.empty() ? story : story + "\n  custom metrics\n" + metrics;
}

/// Who tries the same version often enough gets a bad one through: each attempt has less to spend.
std::string attempt_story(const json::object& rollout) {
    auto const* const told = rollout.if_contains("attempt");
    auto const attempt = told == nullptr ? 1 : told->to_number<std::uint64_t>();
    if (attempt < 2) {
        return {};
    }
    return fmt::format(
        "It is attempt {0} of the same version on this route, after {1} without success; this one "
        "is\npromoted wrongly with a chance of at most {2:.3g}, which is {3:g} / ({0} * {4}).\n",
        attempt,
        attempt - 1,
        number(rollout, "promote_alpha") / static_cast<double>(attempt * (attempt + 1)),
        number(rollout, "promote_alpha"),
        attempt + 1
    );
}

std::string shares_text(const json::object& shares) {
    std::string all;
    for (auto const& [backend, share] : shares) {
        all += fmt::format(
            "{}{} {:g} %",
            all.empty() ? "" : ", ",
            std::string_view{backend.data(), backend.size()},
            share.to_number<double>()
        );
    }
    return all;
}

std::string decision_story(const json::object& decision) {
    auto story = fmt::format("  {}  {}", text(decision, "time"), text(decision, "reason"));
    for (auto const key : {"candidate", "detail"}) {
        if (auto const said = text(decision, key); !said.empty()) {
            story += fmt::format(": {}", said);
        }
    }
    if (auto const who = text(decision, "who"); !who.empty()) {
        story += fmt::format(", by {}: \"{}\"", who, text(decision, "why"));
    }
    story += fmt::format("\n    then {}\n", shares_text(decision.at("shares").as_object()));
    for (auto const& candidate : decision.at("evidence").as_array()) {
        for (auto const& each : candidate.at("guardrails").as_array()) {
            auto const& guardrail = each.as_object();
            story += fmt::format(
                "    {} of {}: E to roll back {}, to promote {}; bad {}, of the primary {}\n",
                text(guardrail, "name"),
                text(candidate.as_object(), "backend"),
                e_value(number(guardrail, "log_e_rollback")),
                e_value(number(guardrail, "log_e_promotion")),
                bad_of(guardrail.at("candidate").as_object()),
                bad_of(guardrail.at("primary").as_object())
            );
        }
    }
    return story;
}

}  // namespace

std::string rollout_summary(const json::object& rollout) {
    auto summary = fmt::format(
        "rollout of {}: {}, {}; primary {} {:g} %\n",
        text(rollout, "route"),
        text(rollout, "phase"),
        has_ended(rollout) ? std::string{text(rollout, "verdict")} : step_text(rollout),
        text(rollout, "primary"),
        number(rollout, "primary_share")
    );
    for (auto const& each : obstacles(rollout)) {
        summary += "  " + each + "\n";
    }
    for (auto const& each : rollout.at("candidates").as_array()) {
        auto const& candidate = each.as_object();
        summary +=
            fmt::format("  candidate {}: {}\n", text(candidate, "backend"), share_text(candidate));
        auto const& guardrails = candidate.at("guardrails").as_array();
        summary += guardrails.empty() ? "" : guardrail_head();
        for (auto const& guardrail : guardrails) {
            summary += guardrail_line(guardrail.as_object());
        }
        summary += custom_metric_lines(candidate, !flag(candidate, "out") && !has_ended(rollout));
    }
    return summary;
}

std::string rollout_story(const json::object& rollout) {
    auto story = fmt::format(
        "The rollout of route {} is {} ({}, verdict {}).\n"
        "The primary is {} with {:g} % of the traffic of both.\n",
        text(rollout, "route"),
        text(rollout, "phase"),
        step_text(rollout),
        text(rollout, "verdict"),
        text(rollout, "primary"),
        number(rollout, "primary_share")
    );
    for (auto const& each : obstacles(rollout)) {
        story += each + "\n";
    }
    story += fmt::format(
        "E is what a bet against a hypothesis has made of its stake; a hypothesis that holds ever "
        "gets\n"
        "past the limit with a chance of at most {:g} for rollback and {:g} for promotion.\n",
        number(rollout, "rollback_alpha"),
        number(rollout, "promote_alpha")
    );
    story += attempt_story(rollout);
    for (auto const& candidate : rollout.at("candidates").as_array()) {
        story += candidate_story(rollout, candidate.as_object());
    }
    story += "\nDecisions so far:\n";
    auto const& decisions = rollout.at("decisions").as_array();
    for (auto const& decision : decisions) {
        story += decision_story(decision.as_object());
    }
    return decisions.empty() ? story + "  none\n" : story;
}

}  // namespace millrace::app
