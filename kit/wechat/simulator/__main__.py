"""`python -m kit.wechat.simulator`."""

from kit.wechat.simulator.cli import simulator

if __name__ == "__main__":
    simulator()
