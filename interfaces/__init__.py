"""The border: what comes in and goes out, as validated frozen values."""
