#include "proxy/journal/rows.hpp"

#include "proxy/journal/statement.hpp"

#include <fmt/format.h>

#include <sqlite3.h>
#include <utility>

namespace millrace::journal {

namespace {

constexpr std::string_view rollout_columns =
    "id, route, params, params_hash, code_version, time_ms, wall_clock, state, route_state, ended";

constexpr std::string_view decision_columns =
    "rollout, route, wall_clock, time_ms, reason, summary, evidence, shares_before, shares_after,"
    " config_hash, code_version";

/// Ended rollouts beyond the newest ?1 of their route.
constexpr std::string_view old_rollouts =
    "(SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY route ORDER BY id DESC) AS age"
    " FROM rollouts WHERE ended) WHERE age > ?1)";

void write_states(sqlite3* database, const route_states& states, std::string& error) {
    statement row{database, "INSERT OR REPLACE INTO route_state(route, state) VALUES(?1, ?2)"};
    for (auto const& [route, state] : states) {
        row.put_text(route).put_text(state).write();
    }
    error = row.error();
}

void write_rollouts(
    sqlite3* database, const std::vector<rollout_row>& rollouts, std::string& error
) {
    statement row{
        database,
        fmt::format(
            "INSERT OR REPLACE INTO rollouts({}, memory)"
            " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
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
            .put_blob(each.memory)
            .write();
    }
    error = row.error();
}

void write_inputs(sqlite3* database, const std::vector<input_row>& inputs, std::string& error) {
    statement row{
        database, "INSERT OR REPLACE INTO inputs(rollout, sequence, data) VALUES(?1, ?2, ?3)"};
    for (auto const& each : inputs) {
        row.put_number(each.rollout.value)
            .put_number(static_cast<std::int64_t>(each.sequence))
            .put_blob(each.data)
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
            "INSERT INTO decisions({}) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
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
    return row;
}

std::vector<rollout_row> take_rollouts(statement& query, std::string& error) {
    std::vector<rollout_row> rows;
    while (query.next()) {
        rows.push_back(take_rollout(query));
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

/// Runs a statement about old rollouts; the number of rows that it changed.
std::size_t prune_by(
    sqlite3* database,
    std::string_view sql,
    std::uint32_t kept,
    std::size_t rows_max,
    std::string& error
) {
    statement pruning{database, sql};
    pruning.put_number(kept).put_number(static_cast<std::int64_t>(rows_max));
    bool const done = pruning.write();
    error = pruning.error();
    return done ? static_cast<std::size_t>(sqlite3_changes(database)) : 0;
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
}

route_states read_route_states(sqlite3* database, std::string& error) {
    route_states states;
    statement query{database, "SELECT route, state FROM route_state"};
    while (query.next()) {
        auto route = query.take_text();
        states.insert_or_assign(std::move(route), query.take_text());
    }
    error = query.error();
    return states;
}

std::vector<rollout_row> read_open_rollouts(sqlite3* database, std::string& error) {
    statement query{
        database,
        fmt::format(
            "SELECT {}, memory FROM rollouts WHERE NOT ended ORDER BY id", rollout_columns
        )};
    return take_rollouts(query, error);
}

std::vector<rollout_row> read_rollouts(
    sqlite3* database, std::string_view route, std::size_t rows_max, std::string& error
) {
    statement query{
        database,
        fmt::format(
            "SELECT {}, x'' FROM rollouts WHERE ?1 = '' OR route = ?1 ORDER BY id DESC LIMIT ?2",
            rollout_columns
        )};
    query.put_text(route).put_number(static_cast<std::int64_t>(rows_max));
    return take_rollouts(query, error);
}

std::optional<rollout_row> read_rollout(sqlite3* database, rollout_id id, std::string& error) {
    statement query{
        database, fmt::format("SELECT {}, memory FROM rollouts WHERE id = ?1", rollout_columns)};
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
            "SELECT id, {} FROM decisions WHERE rollout = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            decision_columns
        )};
    query.put_number(rollout.value)
        .put_number(after)
        .put_number(static_cast<std::int64_t>(rows_max));
    while (query.next()) {
        rows.push_back(take_decision(query));
    }
    error = query.error();
    return rows;
}

std::vector<input_row> read_inputs(
    sqlite3* database,
    rollout_id rollout,
    std::uint64_t first,
    std::size_t rows_max,
    std::string& error
) {
    std::vector<input_row> rows;
    statement query{
        database,
        "SELECT sequence, data FROM inputs WHERE rollout = ?1 AND sequence >= ?2"
        " ORDER BY sequence LIMIT ?3"};
    query.put_number(rollout.value)
        .put_number(static_cast<std::int64_t>(first))
        .put_number(static_cast<std::int64_t>(rows_max));
    while (query.next()) {
        auto const sequence = static_cast<std::uint64_t>(query.take_number());
        rows.push_back({rollout, sequence, query.take_text()});
    }
    error = query.error();
    return rows;
}

std::uint64_t read_next_sequence(sqlite3* database, rollout_id rollout, std::string& error) {
    statement query{database, "SELECT max(sequence) + 1 FROM inputs WHERE rollout = ?1"};
    query.put_number(rollout.value);
    return static_cast<std::uint64_t>(take_single_number(query, error));
}

std::size_t prune_rows(
    sqlite3* database, std::uint32_t kept, std::size_t rows_max, std::string& error
) {
    auto const pruned = prune_by(
        database,
        fmt::format(
            "DELETE FROM inputs WHERE rowid IN"
            " (SELECT rowid FROM inputs WHERE rollout IN {} LIMIT ?2)",
            old_rollouts
        ),
        kept,
        rows_max,
        error
    );
    if (pruned != 0 || !error.empty()) {
        return pruned;
    }
    return prune_by(
        database,
        fmt::format(
            "UPDATE rollouts SET memory = x'' WHERE id IN"
            " (SELECT id FROM rollouts WHERE memory != x'' AND id IN {} LIMIT ?2)",
            old_rollouts
        ),
        kept,
        rows_max,
        error
    );
}

}  // namespace millrace::journal
