// simulate: its figures as a table and as JSON.
#include "proxy/app/simulate_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace millrace::app {

namespace json = boost::json;

namespace {

using simulation::proportion;
using simulation::spread;

constexpr double confidence = 0.99;
constexpr std::size_t columns = 11;

using table_row = std::array<std::string, columns>;

const table_row& head() {
    static const table_row names{
        "world",
        "rule",
        "rolled back %",
        "promoted %",
        "open %",
        "wrong % [99 %]",
        "requests, median / p90",
        "minutes, median / p90",
        "on the candidate",
        "excess failures",
        "target"};
    return names;
}

std::string percent(const proportion& of) {
    return fmt::format("{:.1f}", 100 * of.value());
}

std::string with_interval(const proportion& of) {
    auto const at = simulation::exact_interval(of, confidence);
    return fmt::format("{:.2f} [{:.2f}, {:.2f}]", 100 * of.value(), 100 * at.lower, 100 * at.upper);
}

std::string both(const spread& of, int digits) {
    return fmt::format("{:.{}f} / {:.{}f}", of.median, digits, of.p90, digits);
}

void add_target(std::string& to, const std::optional<bool>& reached, const std::string& what) {
    if (reached) {
        to += fmt::format("{}{} {}", to.empty() ? "" : ", ", what, *reached ? "ok" : "MISSED");
    }
}

std::string target_text(const simulated& row) {
    auto const judged = row.judged();
    std::string text;
    add_target(text, judged.wrong, fmt::format("wrong {:g} %", 100 * row.target.wrong.value_or(0)));
    add_target(text, judged.requests, fmt::format("{} requests", row.target.requests.value_or(0)));
    add_target(
        text,
        judged.candidate_requests,
        fmt::format("{} on the candidate", row.target.candidate_requests.value_or(0))
    );
    return text;
}

table_row texts_of(const simulated& row) {
    auto const& seen = row.summary;
    return {
        row.world,
        row.rule,
        percent(seen.rolled_back),
        percent(seen.promoted),
        percent({seen.open.hits + seen.broken.hits, seen.open.runs}),
        with_interval(seen.wrong),
        both(seen.requests, 0),
        both(seen.minutes, 1),
        both(seen.exposure, 0),
        fmt::format("{:.1f}", seen.excess_failures),
        target_text(row)};
}

std::string line_of(const table_row& texts, const std::array<std::size_t, columns>& widths) {
    std::string line = "|";
    for (std::size_t i = 0; i < texts.size(); ++i) {
        line += fmt::format(" {:<{}} |", texts[i], widths[i]);
    }
    return line + "\n";
}

json::object json_rate(const proportion& of) {
    auto const at = simulation::exact_interval(of, confidence);
    return {{"rate", of.value()}, {"low", at.lower}, {"high", at.upper}, {"runs", of.hits}};
}

json::object json_spread(const spread& of) {
    return {{"median", of.median}, {"p90", of.p90}};
}

void add_reached(json::object& to, const char* name, const std::optional<bool>& reached) {
    if (reached) {
        to[name] = *reached;
    }
}

}  // namespace

std::string table_of(const std::vector<simulated>& rows) {
    std::vector<table_row> lines{head(), {}};
    for (auto const& row : rows) {
        lines.push_back(texts_of(row));
    }
    std::array<std::size_t, columns> widths{};
    for (auto const& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            widths[i] = std::max(widths[i], line[i].size());
        }
    }
    for (std::size_t i = 0; i < widths.size(); ++i) {
        lines[1][i] = std::string(widths[i], '-');
    }
    std::string text;
    for (auto const& line : lines) {
        text += line_of(line, widths);
    }
    return text;
}

json::object json_of(const simulated& row) {
    auto const& seen = row.summary;
    json::object made{
        {"world", row.world},
        {"rule", row.rule},
        {"runs", seen.wrong.runs},
        {"rolled_back", json_rate(seen.rolled_back)},
        {"promoted", json_rate(seen.promoted)},
        {"open", json_rate(seen.open)},
        {"assignment_broken", json_rate(seen.broken)},
        {"wrong", json_rate(seen.wrong)},
        {"requests", json_spread(seen.requests)},
        {"minutes", json_spread(seen.minutes)},
        {"candidate_requests_until_rollback", json_spread(seen.exposure)},
        {"excess_failures_mean", seen.excess_failures},
        {"requests_simulated", seen.simulated}};
    auto const judged = row.judged();
    json::object reached;
    add_reached(reached, "wrong", judged.wrong);
    add_reached(reached, "requests", judged.requests);
    add_reached(reached, "candidate_requests", judged.candidate_requests);
    if (!reached.empty()) {
        made["targets_reached"] = std::move(reached);
    }
    return made;
}

}  // namespace millrace::app
