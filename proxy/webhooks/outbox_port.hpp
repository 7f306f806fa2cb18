#pragma once

#include "proxy/journal/operation_records.hpp"

namespace millrace::webhooks {

/// Where what is not delivered survives a restart; app implements it. Thread: any; returns at once,
/// whatever the disk does.
class outbox_port {
 public:
    outbox_port() = default;
    outbox_port(const outbox_port&) = delete;
    outbox_port& operator=(const outbox_port&) = delete;
    virtual ~outbox_port() = default;

    virtual void keep(journal::delivery_changes changes) = 0;
};

}  // namespace millrace::webhooks
