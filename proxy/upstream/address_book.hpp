#pragma once

#include "proxy/net/address.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::upstream {

/// Which addresses the names of endpoints have now. A value: the resolver makes it, each worker
/// gets a copy. Names that could not be resolved have none.
class address_book {
 public:
    using addresses = std::vector<net::address>;

    void set(std::string host, addresses of) {
        by_host_.insert_or_assign(std::move(host), std::move(of));
    }

    /// Addresses without a port of use, or null when the host is unknown.
    [[nodiscard]] const addresses* find(std::string_view host) const {
        auto const found = by_host_.find(host);
        return found == by_host_.end() ? nullptr : &found->second;
    }

    friend bool operator==(const address_book&, const address_book&) = default;

 private:
    std::map<std::string, addresses, std::less<>> by_host_;
};

}  // namespace millrace::upstream
