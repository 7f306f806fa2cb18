#include "proxy/feedback/seen_exchanges.hpp"

#include "proxy/base/assert.hpp"

#include <algorithm>

namespace millrace::feedback {

seen_exchanges::seen_exchanges(std::size_t blocks_max) : blocks_max_{blocks_max} {
    MILLRACE_ASSERT(blocks_max > 0);
}

seen_exchanges::mark seen_exchanges::see(const server::exchange_id& id) {
    source const from{id.incarnation, id.worker};
    auto const number = id.sequence / block_exchanges;
    if (number < sources_[from].forgotten) {
        return mark::forgotten;
    }
    if (sources_[from].blocks.count(number) == 0) {
        if (order_.size() == blocks_max_) {
            forget_oldest();
        }
        if (number < sources_[from].forgotten) {
            return mark::forgotten;
        }
        sources_[from].blocks.emplace(number, std::make_unique<block>());
        order_.emplace_back(from, number);
    }
    auto& found = *sources_[from].blocks[number];
    auto bit = found.bits[id.sequence % block_exchanges];
    if (bit) {
        return mark::seen;
    }
    bit = true;
    found.newest = std::max(found.newest, id.unix_seconds);
    return mark::fresh;
}

void seen_exchanges::unsee(const server::exchange_id& id) {
    auto const from = sources_.find({id.incarnation, id.worker});
    if (from == sources_.end()) {
        return;
    }
    auto const found = from->second.blocks.find(id.sequence / block_exchanges);
    if (found != from->second.blocks.end()) {
        found->second->bits.reset(id.sequence % block_exchanges);
    }
}

void seen_exchanges::forget_before(std::uint32_t assigned) {
    while (!order_.empty()) {
        auto const& [from, number] = order_.front();
        if (sources_[from].blocks[number]->newest >= assigned) {
            return;
        }
        forget_oldest();
    }
}

void seen_exchanges::forget_oldest() {
    auto const [from, number] = order_.front();
    order_.pop_front();
    auto& of_source = sources_[from];
    of_source.blocks.erase(number);
    of_source.forgotten = std::max(of_source.forgotten, number + 1);
}

}  // namespace millrace::feedback
