"""`posapp demo`: the window in training mode on an embedded pretend gateway; `--auto` drives one sale by itself."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING

from posapp.app import exit_codes
from posapp.app.compose import build_services, gateway_settings, till_facts
from posapp.app.config import Config, read_config
from posapp.app.crash import install_crash_hooks
from posapp.app.logs import keep_recent, start_logging
from posapp.app.paths import DataFolder
from posapp.app.recourse import recourse
from posapp.app.sandbox_child import SandboxAccess, SandboxChild
from posapp.domain.currency import decimals_of
from posapp.domain.order import Flow

if TYPE_CHECKING:
    import argparse

    from posapp.app.logs import Recent
    from posapp.services.events import Publish
    from posapp.services.till import TillServices

TRAINING_SHOP = Config(
    shop="Harbour Tea",
    till="T1",
    time_zone="Asia/Hong_Kong",
    day_starts_at=time(4, 0),
    provider="cbtis",
    base_url="http://127.0.0.1",
    flow=Flow.QRCODE,
    currency="HKD",
    base_seconds=1.0,
)
"""The shop of training mode where no configuration is named; its address comes from the sandbox."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--auto", type=Path, metavar="DIR", help="do one sale, leave screenshots and result.json")
    parser.add_argument("--provider", choices=("cbtis", "airwallex"), help="which gateway to pretend")
    parser.add_argument("--currency", type=_currency, metavar="CODE", help="ISO 4217 code to charge in")
    parser.add_argument("--theme", choices=("system", "light", "dark"), default="system", help="the look")


def run(options: argparse.Namespace) -> int:
    """Open the window in training mode and stay until it is closed, or do the scripted sale."""
    config = read_config(options.config) if options.config else TRAINING_SHOP
    config = replace(
        config,
        provider=options.provider or config.provider,
        currency=options.currency or config.currency,
        return_url=config.return_url or "https://example.com/paid",
    )
    with ExitStack() as stack:
        folder = _folder(options.data_dir, stack)
        recent = keep_recent()
        start_logging(folder.logs)
        install_crash_hooks(folder.logs)
        child = SandboxChild()
        stack.callback(child.close)
        return _show(config, folder, child, options, recent)


def _show(config: Config, folder: DataFolder, child: SandboxChild, options: argparse.Namespace, recent: Recent) -> int:
    if options.auto and not _has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    gc.disable()  # until the first paint
    from posapp.app.qt_messages import log_qt_messages  # Qt, once its platform is chosen
    from posapp.app.window_session import WindowSession

    log_qt_messages()
    facts = till_facts(config, training=True)
    access: list[SandboxAccess] = []

    async def build(publish: Publish) -> TillServices:
        if not access:  # it says so once; a start that is tried again finds it here
            access.append(await asyncio.to_thread(child.access, config.provider))
        reached = access[0]
        mine = replace(config, base_url=reached.base_url, uid=reached.account, client_id=reached.account)
        settings = gateway_settings(mine, reached.secret)
        return build_services(facts, settings, folder, publish, config.base_seconds)

    session = WindowSession(facts, build, options.theme, recourse(folder, recent, facts))
    if options.auto is None:
        return session.run()
    from posapp.app.demo_auto import ScriptedSale

    options.auto.mkdir(parents=True, exist_ok=True)
    sale = ScriptedSale(session, options.auto, lambda: access[0])
    try:
        done = sale.run()
    finally:
        ended = session.end()
    sys.stdout.write(f"{'The sale went through' if done else 'THE SALE DID NOT GO THROUGH'}: see {options.auto}\n")
    return exit_codes.OK if done and ended else exit_codes.FAILED


def _folder(named: Path | None, stack: ExitStack) -> DataFolder:
    """Use the folder that was named, or one that goes away with the sandbox, whose payments it is about."""
    folder = DataFolder(named or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="posapp-demo-"))))
    folder.make()
    return folder


def _has_display() -> bool:
    if "QT_QPA_PLATFORM" in os.environ or sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _currency(text: str) -> str:
    decimals_of(text)  # a DomainError is a ValueError, which argparse turns into its usage sentence
    return text
