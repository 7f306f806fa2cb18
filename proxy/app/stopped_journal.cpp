#include "proxy/app/stopped_journal.hpp"

#include "proxy/app/rollout_journal.hpp"
#include "proxy/base/log.hpp"
#include "proxy/journal/reader.hpp"

#include <utility>

namespace millrace::app {

stopped_journal::stopped_journal(
    const std::string& directory, const journal::params& chosen, std::string why
)
    : why_{std::move(why)} {
    std::string error;
    directory_ = journal::data_directory::open(directory, error);
    auto marks = directory_ ? journal::rollback_marks::open(directory, error) : nullptr;
    if (marks) {
        marker_ = std::make_unique<journal::rollback_marker>(std::move(marks), chosen);
    }
}

void stopped_journal::commit(
    control::rollout_commit /*what*/, std::function<void(std::string)> done
) {
    done(why_);
}

void stopped_journal::abandon(journal::rollout_id /*rollout*/, std::string /*why*/) {
    // The next gateway that can write closes it.
}

void stopped_journal::mark_rollback(journal::rollback_mark mark) {
    if (marker_) {
        mark_or_say(*marker_, std::move(mark));
    } else {
        log::error(
            "the rollback on route '{}' cannot be marked: {}; a restart may bring '{}' back",
            mark.route,
            why_,
            mark.candidate
        );
    }
}

kept_state read_what_is_left(const std::string& directory, std::string& error) {
    kept_state found;
    std::string marks_error;
    found.marks = journal::rollback_marks::read(directory, marks_error).marks;
    if (!marks_error.empty()) {
        log::error("{}", marks_error);
    }
    auto const reader = journal::reader::open(directory, error);
    if (reader) {
        error = reader->check();
    }
    if (reader && error.empty()) {
        error = read_kept_state(*reader, found);
    }
    if (!error.empty()) {
        auto marks = std::move(found.marks);
        found = {};
        found.marks = std::move(marks);
    }
    return found;
}

}  // namespace millrace::app
