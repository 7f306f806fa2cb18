#pragma once

#include "proxy/upstream/address_book.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace millrace::app {

/// Resolves the names of endpoints without blocking a worker: Asio asks the system's resolver on a
/// thread of its own. A name that stops resolving keeps its last addresses. Thread: control.
class resolver {
 public:
    explicit resolver(boost::asio::io_context& context);

    using done = std::function<void(std::shared_ptr<const upstream::address_book>)>;

    /// Resolves all names and hands over the book; names in the form of an address are skipped.
    /// `when_done` is called once, later, also when nothing was to be resolved. A lookup that is
    /// still running is dropped; whoever waits for it gets the book of this one.
    void resolve(std::set<std::string> names, done when_done);

    /// Gives up what is running, without a call.
    void cancel();

    /// The newest book.
    [[nodiscard]] std::shared_ptr<const upstream::address_book> book() const { return book_; }

 private:
    struct lookup;

    /// Takes what came for a name of the running lookup, and ends the lookup with the last one.
    void keep(
        const std::string& name,
        const boost::system::error_code& error,
        const boost::asio::ip::tcp::resolver::results_type& results
    );
    void finish();

    boost::asio::ip::tcp::resolver resolver_;
    std::shared_ptr<const upstream::address_book> book_;
    std::shared_ptr<lookup> running_;
};

}  // namespace millrace::app
