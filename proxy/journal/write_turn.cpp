#include "proxy/journal/write_turn.hpp"

namespace millrace::journal {

void write_turn::lock() {
    std::unique_lock waiting{mutex_};
    auto const ticket = next_ticket_++;
    changed_.wait(waiting, [this, ticket] { return served_ == ticket; });
}

void write_turn::unlock() {
    {
        std::lock_guard const held{mutex_};
        ++served_;
    }
    changed_.notify_all();
}

}  // namespace millrace::journal
