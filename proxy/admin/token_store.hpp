#pragma once

#include "proxy/admin/params.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::admin {

/// Who a token belongs to. A value.
struct identity {
    std::string name;
    admin::role role = admin::role::read;
};

/// The tokens that the admin API knows. A file that changed is read again when a token is looked
/// up; one that is gone or wrong opens nothing until it is right again. Lifetime: the server's.
/// Thread: control.
class token_store {
 public:
    /// The token of `own_file`, which may everything, and `others`. Empty with an error text in
    /// `error` when a file cannot be used.
    [[nodiscard]] static token_store open(
        const std::string& own_file, const std::vector<token_params>& others, std::string& error
    );

    /// A single token without a file, which may everything.
    [[nodiscard]] static token_store of(std::string token);

    /// Whose token it is. Takes as long whichever it is, and whatever is wrong with it.
    [[nodiscard]] std::optional<identity> find(std::string_view token);

 private:
    struct entry {
        identity who;
        std::string value;  ///< empty: opens nothing
        std::string file;   ///< empty: none
        /// Of the file when it was read: another inode, time or size is another content.
        std::int64_t inode = 0;
        std::int64_t changed_ns = 0;
        std::int64_t bytes = 0;
    };

    /// An error text when the file cannot be used, or empty.
    static std::string refresh(entry& one);

    std::vector<entry> entries_;
};

}  // namespace millrace::admin
