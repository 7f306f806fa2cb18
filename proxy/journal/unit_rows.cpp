#include "proxy/journal/unit_rows.hpp"

#include "proxy/journal/statement.hpp"

#include <algorithm>

namespace millrace::journal {

namespace {

void add_units(sqlite3* database, const std::vector<unit_row>& units, std::string& error) {
    statement row{database, "INSERT INTO units(rollout, data) VALUES(?1, ?2)"};
    for (auto const& each : units) {
        row.put_number(each.rollout.value).put_blob(each.data).write();
    }
    error = row.error();
}

void forget_units(sqlite3* database, const std::vector<rollout_row>& rollouts, std::string& error) {
    statement row{
        database,
        "DELETE FROM units WHERE rollout IN"
        " (SELECT id FROM rollouts WHERE route = ?1 AND (id < ?2 OR ended))"};
    for (auto const& each : rollouts) {
        row.put_text(each.route).put_number(each.id.value).write();
    }
    error = row.error();
}

}  // namespace

void write_units(sqlite3* database, const batch& written, std::string& error) {
    bool const has_ended =
        std::any_of(written.rollouts.begin(), written.rollouts.end(), [](const auto& each) {
            return each.ended;
        });
    if (!written.units.empty()) {
        add_units(database, written.units, error);
    }
    if (error.empty() && (has_ended || !written.units.empty())) {
        forget_units(database, written.rollouts, error);
    }
}

std::vector<std::string> read_units(sqlite3* database, rollout_id rollout, std::string& error) {
    std::vector<std::string> all;
    statement query{database, "SELECT data FROM units WHERE rollout = ?1 ORDER BY id"};
    query.put_number(rollout.value);
    while (query.next()) {
        all.push_back(query.take_text());
    }
    error = query.error();
    return all;
}

}  // namespace millrace::journal
