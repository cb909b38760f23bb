"""What a test of a forwarder needs: a service on this machine, and the contract that all forwarders keep.

Nothing imports this at run time.
"""

import sys

if "pytest" in sys.modules:  # a broken promise shows its values
    for _name in ("accepting", "delivered", "failing", "filing", "private"):
        sys.modules["pytest"].register_assert_rewrite(f"testkit.{_name}")
