#include "proxy/journal/rows.hpp"

#include "proxy/journal/checksum.hpp"
#include "proxy/journal/input_rows.hpp"
#include "proxy/journal/label_rows.hpp"
#include "proxy/journal/operation_rows.hpp"
#include "proxy/journal/statement.hpp"
#include "proxy/journal/unit_rows.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace millrace::journal {

namespace {

constexpr std::string_view rollout_columns =
    "id, route, params, params_hash, code_version, time_ms, wall_clock, state, route_state, ended,"
    " total_timeout_ms, attempt, artifacts, phase, next_input, proposed";

constexpr std::string_view decision_columns =
    "rollout, route, wall_clock, time_ms, reason, summary, evidence, shares_before, shares_after,"
    " config_hash, code_version, input";

/// What the checksum of a row is made of, in the order of its columns.
std::int64_t checksum_of(std::string_view route, std::string_view state) {
    return record_checksum{}.text(route).text(state).value();
}

std::int64_t checksum_of(const rollout_row& row) {
    return record_checksum{}
        .number(row.id.value)
        .text(row.route)
        .text(row.params)
        .text(row.params_hash)
        .text(row.code_version)
        .number(row.time.count())
        .text(row.wall_clock)
        .text(row.state)
        .text(row.route_state)
        .number(row.ended ? 1 : 0)
        .number(row.total_timeout.count())
        .number(row.attempt)
        .text(row.artifacts)
        .text(row.phase)
        .number(static_cast<std::int64_t>(row.next_input))
        .number(row.proposed ? 1 : 0)
        .text(row.memory)
        .value();
}

std::int64_t checksum_of(const decision_row& row) {
    return record_checksum{}
        .number(row.rollout.value)
        .text(row.route)
        .text(row.wall_clock)
        .number(row.time.count())
        .text(row.reason)
        .text(row.summary)
        .text(row.evidence)
        .text(row.shares_before)
        .text(row.shares_after)
        .text(row.config_hash)
        .text(row.code_version)
        .number(row.input)
        .value();
}

/// Takes the checksum, which is the last column; a text when it does not fit.
std::string check(statement& query, std::int64_t expected, std::string_view what) {
    auto const found = query.take_number();
    return found == 0 || found == expected ? std::string{}
                                           : fmt::format("the record of {} is damaged", what);
}

void write_states(sqlite3* database, const route_states& states, std::string& error) {
    statement row{
        database, "INSERT OR REPLACE INTO route_state(route, state, checksum) VALUES(?1, ?2, ?3)"};
    for (auto const& [route, state] : states) {
        row.put_text(route).put_text(state).put_number(checksum_of(route, state)).write();
    }
    error = row.error();
}

void write_rollouts(
    sqlite3* database, const std::vector<rollout_row>& rollouts, std::string& error
) {
    statement row{
        database,
        fmt::format(
            "INSERT OR REPLACE INTO rollouts({}, memory, checksum) VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
            " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            rollout_columns
        )};
    for (auto const& each : rollouts) {
        row.put_number(each.id.value)
            .put_text(each.route)
            .put_text(each.params)
            .put_text(each.params_hash)
            .put_text(each.code_version)
            .put_number(each.time.count())
            .put_text(each.wall_clock)
            .put_text(each.state)
            .put_text(each.route_state)
            .put_number(each.ended ? 1 : 0)
            .put_number(each.total_timeout.count())
            .put_number(each.attempt)
            .put_text(each.artifacts)
            .put_text(each.phase)
            .put_number(static_cast<std::int64_t>(each.next_input))
            .put_number(each.proposed ? 1 : 0)
            .put_blob(each.memory)
            .put_number(checksum_of(each))
            .write();
    }
    error = row.error();
}

void write_decisions(
    sqlite3* database, const std::vector<decision_row>& decisions, std::string& error
) {
    statement row{
        database,
        fmt::format(
            "INSERT INTO decisions({}, checksum)"
            " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            decision_columns
        )};
    for (auto const& each : decisions) {
        row.put_number(each.rollout.value)
            .put_text(each.route)
            .put_text(each.wall_clock)
            .put_number(each.time.count())
            .put_text(each.reason)
            .put_text(each.summary)
            .put_text(each.evidence)
            .put_text(each.shares_before)
            .put_text(each.shares_after)
            .put_text(each.config_hash)
            .put_text(each.code_version)
            .put_number(each.input)
            .put_number(checksum_of(each))
            .write();
    }
    error = row.error();
}

/// Takes the columns in the order that they are selected in.
rollout_row take_rollout(statement& query) {
    rollout_row row;
    row.id = {query.take_number()};
    row.route = query.take_text();
    row.params = query.take_text();
    row.params_hash = query.take_text();
    row.code_version = query.take_text();
    row.time = std::chrono::milliseconds{query.take_number()};
    row.wall_clock = query.take_text();
    row.state = query.take_text();
    row.route_state = query.take_text();
    row.ended = query.take_number() != 0;
    row.total_timeout = std::chrono::milliseconds{query.take_number()};
    row.attempt = static_cast<std::uint32_t>(query.take_number());
    row.artifacts = query.take_text();
    row.phase = query.take_text();
    row.next_input = static_cast<std::uint64_t>(query.take_number());
    row.proposed = query.take_number() != 0;
    row.memory = query.take_text();
    return row;
}

decision_row take_decision(statement& query) {
    decision_row row;
    row.id = query.take_number();
    row.rollout = {query.take_number()};
    row.route = query.take_text();
    row.wall_clock = query.take_text();
    row.time = std::chrono::milliseconds{query.take_number()};
    row.reason = query.take_text();
    row.summary = query.take_text();
    row.evidence = query.take_text();
    row.shares_before = query.take_text();
    row.shares_after = query.take_text();
    row.config_hash = query.take_text();
    row.code_version = query.take_text();
    row.input = query.take_number();
    return row;
}

std::vector<rollout_row> take_rollouts(statement& query, std::string& error) {
    std::vector<rollout_row> rows;
    while (query.next()) {
        auto row = take_rollout(query);
        if (error = check(query, checksum_of(row), fmt::format("rollout {}", row.id.value));
            !error.empty()) {
            return rows;
        }
        rows.push_back(std::move(row));
    }
    error = query.error();
    return rows;
}

/// A number that a query of one row and one column gives.
std::int64_t take_single_number(statement& query, std::string& error) {
    std::int64_t const number = query.next() ? query.take_number() : 0;
    error = query.error();
    return number;
}

}  // namespace

void write_rows(sqlite3* database, const batch& written, std::string& error) {
    error.clear();
    if (!written.states.empty()) {
        write_states(database, written.states, error);
    }
    if (error.empty() && !written.rollouts.empty()) {
        write_rollouts(database, written.rollouts, error);
    }
    if (error.empty() && !written.inputs.empty()) {
        write_inputs(database, written.inputs, error);
    }
    if (error.empty() && !written.decisions.empty()) {
        write_decisions(database, written.decisions, error);
    }
    if (error.empty() && !written.audit.empty()) {
        write_audit(database, written.audit, error);
    }
    if (error.empty() && !written.deliveries.empty()) {
        write_deliveries(database, written.deliveries, error);
    }
    if (error.empty() && !written.checkpoints.empty()) {
        write_checkpoints(database, written.checkpoints, error);
    }
    if (error.empty() && !written.label_progress.empty()) {
        write_label_progress(database, written.label_progress, error);
    }
    if (error.empty()) {
        write_units(database, written, error);
    }
}

route_states read_route_states(sqlite3* database, std::string& error) {
    route_states states;
    statement query{database, "SELECT route, state, checksum FROM route_state"};
    while (query.next()) {
        auto route = query.take_text();
        auto state = query.take_text();
        if (error = check(query, checksum_of(route, state), fmt::format("route '{}'", route));
            !error.empty()) {
            return states;
        }
        states.insert_or_assign(std::move(route), std::move(state));
    }
    error = query.error();
    return states;
}

std::vector<rollout_row> read_open_rollouts(sqlite3* database, std::string& error) {
    statement query{
        database,
        fmt::format(
            "SELECT {}, memory, checksum FROM rollouts WHERE NOT ended ORDER BY id", rollout_columns
        )};
    return take_rollouts(query, error);
}

std::vector<rollout_row> read_rollouts(
    sqlite3* database, std::string_view route, std::size_t rows_max, std::string& error
) {
    statement query{
        database,
        fmt::format(
            "SELECT {}, x'', 0 FROM rollouts WHERE ?1 = '' OR route = ?1 ORDER BY id DESC LIMIT ?2",
            rollout_columns
        )};
    query.put_text(route).put_number(static_cast<std::int64_t>(rows_max));
    return take_rollouts(query, error);
}

std::optional<rollout_row> read_rollout(sqlite3* database, rollout_id id, std::string& error) {
    statement query{
        database,
        fmt::format("SELECT {}, memory, checksum FROM rollouts WHERE id = ?1", rollout_columns)};
    query.put_number(id.value);
    auto rows = take_rollouts(query, error);
    return rows.empty() ? std::nullopt : std::optional{std::move(rows.front())};
}

rollout_id read_last_rollout(sqlite3* database, std::string& error) {
    statement query{database, "SELECT max(id) FROM rollouts"};
    return {take_single_number(query, error)};
}

std::vector<decision_row> read_decisions(
    sqlite3* database,
    rollout_id rollout,
    std::int64_t after,
    std::size_t rows_max,
    std::string& error
) {
    std::vector<decision_row> rows;
    statement query{
        database,
        fmt::format(
            "SELECT id, {}, checksum FROM decisions WHERE rollout = ?1 AND id > ?2 ORDER BY id"
            " LIMIT ?3",
            decision_columns
        )};
    query.put_number(rollout.value)
        .put_number(after)
        .put_number(static_cast<std::int64_t>(rows_max));
    while (query.next()) {
        auto row = take_decision(query);
        if (error = check(query, checksum_of(row), fmt::format("decision {}", row.id));
            !error.empty()) {
            return rows;
        }
        rows.push_back(std::move(row));
    }
    error = query.error();
    return rows;
}

}  // namespace millrace::journal
