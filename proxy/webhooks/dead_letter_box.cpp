#include "proxy/webhooks/dead_letter_box.hpp"

#include "proxy/base/log.hpp"

#include <algorithm>
#include <utility>

namespace millrace::webhooks {

dead_letter_box::dead_letter_box(outbox_port* outbox, std::vector<journal::dead_letter_row> kept)
    : outbox_{outbox}, rows_{kept.begin(), kept.end()} {
    for (auto const& each : rows_) {
        last_id_ = std::max(last_id_, each.id);
    }
}

void dead_letter_box::add(
    const std::string& webhook, const delivery& what, const std::string& reason
) {
    log::warning(
        "webhook '{}': event {} ({}) is a dead letter: {}",
        webhook,
        what.event.id,
        name_of(what.event.kind),
        reason
    );
    journal::dead_letter_row row{
        .id = 0,
        .wall_clock = log::wall_clock_text(),
        .key = {webhook, what.event.id},
        .event = to_text(what.event),
        .attempts = what.attempts,
        .reason = reason};
    std::lock_guard const lock{mutex_};
    row.id = ++last_id_;
    if (outbox_ != nullptr) {
        outbox_->keep({.queued = {}, .settled = {row.key}, .dead = {row}, .resent = {}});
    }
    rows_.push_back(std::move(row));
    if (rows_.size() > shown_max) {
        rows_.pop_front();
    }
}

std::vector<journal::dead_letter_row> dead_letter_box::all() const {
    std::lock_guard const lock{mutex_};
    return {rows_.begin(), rows_.end()};
}

std::optional<journal::dead_letter_row> dead_letter_box::find(std::int64_t id) const {
    std::lock_guard const lock{mutex_};
    auto const found =
        std::find_if(rows_.begin(), rows_.end(), [id](auto const& each) { return each.id == id; });
    return found == rows_.end() ? std::nullopt : std::optional{*found};
}

void dead_letter_box::release(std::int64_t id) {
    std::lock_guard const lock{mutex_};
    auto const found =
        std::find_if(rows_.begin(), rows_.end(), [id](auto const& each) { return each.id == id; });
    if (found == rows_.end()) {
        return;
    }
    if (outbox_ != nullptr) {
        outbox_->keep(
            {.queued = {{found->key, found->event}}, .settled = {}, .dead = {}, .resent = {id}}
        );
    }
    rows_.erase(found);
}

}  // namespace millrace::webhooks
