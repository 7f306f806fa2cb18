#include "proxy/app/journal_feed.hpp"

#include "proxy/base/log.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace millrace::app {

namespace {

// Of each kind, while the disk takes nothing; the oldest are lost then.
constexpr std::size_t rows_max = 10'000;

/// The number of rows that were lost for it.
template <class Row>
std::size_t append(std::vector<Row>& to, std::vector<Row> more) {
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    auto const excess = to.size() - std::min(to.size(), rows_max);
    to.erase(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(excess));
    return excess;
}

std::size_t append(journal::delivery_changes& to, journal::delivery_changes more) {
    return append(to.queued, std::move(more.queued)) + append(to.settled, std::move(more.settled)) +
           append(to.dead, std::move(more.dead)) + append(to.resent, std::move(more.resent));
}

/// A batch first lets in and then takes out: what left the outbox and came again must not leave it
/// in the end.
void simplify(journal::delivery_changes& changes) {
    auto const is_queued = [&changes](const journal::delivery_key& key) {
        auto const& all = changes.queued;
        return std::any_of(all.begin(), all.end(), [&key](auto const& row) {
            return row.key == key;
        });
    };
    for (auto const& row : changes.dead) {
        // Dead and sent again in the same batch: the outbox keeps it.
        bool const resent =
            std::find(changes.resent.begin(), changes.resent.end(), row.id) != changes.resent.end();
        if (resent && is_queued(row.key)) {
            std::erase(changes.settled, row.key);
        }
    }
}

}  // namespace

journal_feed::journal_feed(commit with, duration pause) : commit_{std::move(with)}, pause_{pause} {}

void journal_feed::keep(journal::delivery_changes changes) {
    std::unique_lock lock{mutex_};
    lost_ += append(waiting_.deliveries, std::move(changes));
    write_waiting(lock);
}

void journal_feed::record(journal::audit_row row) {
    std::unique_lock lock{mutex_};
    lost_ += append(waiting_.audit, std::vector{std::move(row)});
    write_waiting(lock);
}

void journal_feed::write_waiting(std::unique_lock<std::mutex>& lock) {
    bool const nothing = waiting_.audit.empty() && waiting_.deliveries.empty();
    if (under_way_ || nothing || clock::now() < not_before_) {
        return;
    }
    under_way_ = true;
    auto what = std::exchange(waiting_, {});
    simplify(what.deliveries);
    lock.unlock();
    auto const done = [this, what](const std::string& error) { written(what, error); };
    if (!commit_(what, done)) {
        written(what, "too many commits wait for the disk");
    }
    lock.lock();
}

void journal_feed::written(const journal::batch& what, const std::string& error) {
    std::unique_lock lock{mutex_};
    under_way_ = false;
    if (!error.empty()) {
        log::error("records of people and webhooks cannot be written: {}", error);
        not_before_ = clock::now() + pause_;
        auto younger = std::exchange(waiting_, what);
        lost_ += append(waiting_.audit, std::move(younger.audit));
        lost_ += append(waiting_.deliveries, std::move(younger.deliveries));
    } else {
        if (auto const lost = std::exchange(lost_, 0); lost != 0) {
            log::error("{} records of people and webhooks were lost to the journal", lost);
        }
        write_waiting(lock);
    }
    idle_.notify_all();
}

void journal_feed::finish() {
    std::unique_lock lock{mutex_};
    not_before_ = {};
    write_waiting(lock);
    idle_.wait(lock, [this] { return !under_way_; });
}

}  // namespace millrace::app
