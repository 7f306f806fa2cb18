#include "proxy/journal/operation_rows.hpp"

#include "proxy/journal/statement.hpp"

#include <string_view>
#include <utility>

namespace millrace::journal {

namespace {

void write_queued(sqlite3* database, const std::vector<outbox_row>& rows, std::string& error) {
    statement row{
        database, "INSERT OR REPLACE INTO outbox(webhook, event_id, event) VALUES(?1, ?2, ?3)"};
    for (auto const& each : rows) {
        row.put_text(each.key.webhook).put_text(each.key.event_id).put_text(each.event).write();
    }
    error = row.error();
}

void delete_settled(sqlite3* database, const std::vector<delivery_key>& keys, std::string& error) {
    statement row{database, "DELETE FROM outbox WHERE webhook = ?1 AND event_id = ?2"};
    for (auto const& each : keys) {
        row.put_text(each.webhook).put_text(each.event_id).write();
    }
    error = row.error();
}

void delete_resent(sqlite3* database, const std::vector<std::int64_t>& ids, std::string& error) {
    statement row{database, "DELETE FROM dead_letters WHERE id = ?1"};
    for (auto const id : ids) {
        row.put_number(id).write();
    }
    error = row.error();
}

/// Keeps the newest ones.
void prune(sqlite3* database, std::string_view sql, std::int64_t kept, std::string& error) {
    statement row{database, sql};
    row.put_number(kept).write();
    error = row.error();
}

void write_dead(sqlite3* database, const std::vector<dead_letter_row>& rows, std::string& error) {
    statement row{
        database,
        "INSERT OR REPLACE INTO dead_letters(id, wall_clock, webhook, event_id, event, attempts,"
        " reason) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
    for (auto const& each : rows) {
        row.put_number(each.id)
            .put_text(each.wall_clock)
            .put_text(each.key.webhook)
            .put_text(each.key.event_id)
            .put_text(each.event)
            .put_number(each.attempts)
            .put_text(each.reason)
            .write();
    }
    error = row.error();
    if (error.empty() && !rows.empty()) {
        prune(
            database,
            "DELETE FROM dead_letters WHERE id <= (SELECT max(id) FROM dead_letters) - ?1",
            dead_letters_max,
            error
        );
    }
}

}  // namespace

void write_audit(sqlite3* database, const std::vector<audit_row>& rows, std::string& error) {
    statement row{
        database,
        "INSERT OR REPLACE INTO audit(id, wall_clock, who, role, said, why, action, peer, status,"
        " outcome) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"};
    for (auto const& each : rows) {
        row.put_number(each.id)
            .put_text(each.wall_clock)
            .put_text(each.who)
            .put_text(each.role)
            .put_text(each.said)
            .put_text(each.why)
            .put_text(each.action)
            .put_text(each.from)
            .put_number(each.status)
            .put_text(each.outcome)
            .write();
    }
    error = row.error();
    if (error.empty() && !rows.empty()) {
        prune(
            database,
            "DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?1",
            audit_rows_max,
            error
        );
    }
}

void write_deliveries(sqlite3* database, const delivery_changes& changes, std::string& error) {
    write_queued(database, changes.queued, error);
    if (error.empty()) {
        delete_settled(database, changes.settled, error);
    }
    if (error.empty()) {
        write_dead(database, changes.dead, error);
    }
    if (error.empty()) {
        delete_resent(database, changes.resent, error);
    }
}

std::vector<audit_row> read_audit(sqlite3* database, std::size_t rows_max, std::string& error) {
    statement query{
        database,
        "SELECT * FROM (SELECT id, wall_clock, who, role, said, why, action, peer, status, outcome"
        " FROM audit ORDER BY id DESC LIMIT ?1) ORDER BY id"};
    query.put_number(static_cast<std::int64_t>(rows_max));
    std::vector<audit_row> rows;
    while (query.next()) {
        auto& row = rows.emplace_back();
        row.id = query.take_number();
        row.wall_clock = query.take_text();
        row.who = query.take_text();
        row.role = query.take_text();
        row.said = query.take_text();
        row.why = query.take_text();
        row.action = query.take_text();
        row.from = query.take_text();
        row.status = query.take_number();
        row.outcome = query.take_text();
    }
    error = query.error();
    return rows;
}

std::vector<outbox_row> read_outbox(sqlite3* database, std::string& error) {
    statement query{database, "SELECT webhook, event_id, event FROM outbox ORDER BY rowid"};
    std::vector<outbox_row> rows;
    while (query.next()) {
        auto& row = rows.emplace_back();
        row.key.webhook = query.take_text();
        row.key.event_id = query.take_text();
        row.event = query.take_text();
    }
    error = query.error();
    return rows;
}

std::vector<dead_letter_row> read_dead_letters(
    sqlite3* database, std::size_t rows_max, std::string& error
) {
    statement query{
        database,
        "SELECT * FROM (SELECT id, wall_clock, webhook, event_id, event, attempts, reason"
        " FROM dead_letters ORDER BY id DESC LIMIT ?1) ORDER BY id"};
    query.put_number(static_cast<std::int64_t>(rows_max));
    std::vector<dead_letter_row> rows;
    while (query.next()) {
        auto& row = rows.emplace_back();
        row.id = query.take_number();
        row.wall_clock = query.take_text();
        row.key.webhook = query.take_text();
        row.key.event_id = query.take_text();
        row.event = query.take_text();
        row.attempts = query.take_number();
        row.reason = query.take_text();
    }
    error = query.error();
    return rows;
}

}  // namespace millrace::journal
