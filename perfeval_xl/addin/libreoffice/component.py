"""What LibreOffice loads: the add-in with the worksheet functions, and the commands of the menu 绩效自评.

Imports of ``perfeval_xl`` come from the ``pythonpath`` folder beside this file, which LibreOffice adds to the path.
Method names are those of the interfaces.
"""

# ruff: noqa: N802, N816
# mypy: disable-error-code="misc"

from __future__ import annotations

import sys
from typing import Any

import uno
import unohelper
from com.sun.star.beans import PropertyValue
from com.sun.star.frame import XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo
from com.sun.star.sheet import ResultEvent, XVolatileResult

if sys.version_info < (3, 11):  # noqa: UP036 (this file alone must also start in an older one)
    raise ImportError(
        "绩效自评 needs a LibreOffice with Python 3.11 or later (25.8; on Linux the system's Python); this is "
        + sys.version.split()[0]
    )

from perfeval_xl import last_resort
from perfeval_xl.addin.libreoffice.document import CalcBook, rows_of
from perfeval_xl.addin.libreoffice.functions import METHODS, Host, Rows, answer
from perfeval_xl.addin.libreoffice.region import Regions
from perfeval_xl.excel import marks
from perfeval_xl.excel.functions import Function

ADDIN = "org.perfeval.calc.Functions"
ADDIN_SERVICE = "com.sun.star.sheet.AddIn"
INTERFACE = "org.perfeval.calc.XFunctions"
COMMANDS = "org.perfeval.calc.Commands"
HANDLER_SERVICE = "com.sun.star.frame.ProtocolHandler"
PROTOCOL = "vnd.org.perfeval:"
ACTIONS = {"check": marks.check, "next": marks.go_to_next, "clear": marks.clear}


def _comma(context: Any) -> bool:
    """Whether numbers are written with a decimal comma in the office's locale."""
    provider = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.configuration.ConfigurationProvider", context
    )
    path = PropertyValue(Name="nodepath", Value="/org.openoffice.Setup/L10N")
    settings = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", (path,))
    language = settings.ooSetupSystemLocale or settings.ooLocale or "zh-CN"
    locale = uno.createUnoStruct("com.sun.star.lang.Locale")
    locale.Language, _, locale.Country = language.partition("-")
    data = context.ServiceManager.createInstanceWithContext("com.sun.star.i18n.LocaleData", context)
    return bool(data.getLocaleItem(locale).decimalSeparator == ",")


class Array(unohelper.Base, XVolatileResult):
    """An array on its way to Calc. Python cannot put one into a result of type ``any``, but into an event it can."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def addResultListener(self, listener: Any) -> None:
        event = ResultEvent(self, uno.Any("[][]any", self._rows))
        uno.invoke(listener, "modified", (event,))

    def removeResultListener(self, listener: Any) -> None:
        """Nothing is ever announced later."""


class Functions(unohelper.Base):
    """The worksheet functions. XTypeProvider by hand: the interface is not known yet when this file is registered."""

    def __init__(self, context: Any) -> None:
        self._host = Host(rows_of, Regions().profile_of, _comma(context))

    def getTypes(self) -> tuple[Any, ...]:
        names = ("com.sun.star.uno.XInterface", "com.sun.star.lang.XTypeProvider", "com.sun.star.lang.XServiceInfo")
        return tuple(uno.getTypeByName(name) for name in (*names, INTERFACE))

    def getImplementationId(self) -> Any:
        return uno.ByteSequence(b"")

    def getImplementationName(self) -> str:
        return ADDIN

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (ADDIN, ADDIN_SERVICE)


def _method(function: Function) -> Any:
    def method(self: Functions, *arguments: Any) -> Any:
        found = answer(function, arguments, self._host)
        return found[0][0] if len(found) == 1 == len(found[0]) else Array(found)

    return method


for _name, _function in METHODS.items():
    setattr(Functions, _name, _method(_function))


class Commands(unohelper.Base, XServiceInfo, XInitialization, XDispatchProvider, XDispatch):
    """The commands ``vnd.org.perfeval:check``, ``next`` and ``clear`` of a document's window."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._frame: Any = None

    def initialize(self, arguments: Any) -> None:
        self._frame = arguments[0] if arguments else None

    def queryDispatch(self, url: Any, _target: str, _flags: int) -> Commands | None:
        return self if url.Protocol == PROTOCOL and url.Path in ACTIONS else None

    def queryDispatches(self, requests: Any) -> tuple[Commands | None, ...]:
        return tuple(self.queryDispatch(each.FeatureURL, each.FrameName, each.SearchFlags) for each in requests)

    def dispatch(self, url: Any, _arguments: Any) -> None:
        document = self._frame.Controller.Model
        document.UndoManager.enterUndoContext("绩效自评")
        try:
            told = ACTIONS[url.Path](CalcBook(document))
        except Exception as problem:  # whatever it is, the user must see it: LibreOffice would stay silent
            told = last_resort.told(problem)
        finally:
            document.UndoManager.leaveUndoContext()
        self._tell(told)

    def _tell(self, text: str) -> None:
        window = self._frame.ContainerWindow
        toolkit = self._context.ServiceManager.createInstanceWithContext("com.sun.star.awt.Toolkit", self._context)
        kind = uno.Enum("com.sun.star.awt.MessageBoxType", "INFOBOX")
        box = toolkit.createMessageBox(window, kind, 1, "绩效自评", text)
        box.execute()
        box.dispose()

    def addStatusListener(self, listener: Any, url: Any) -> None:
        """Nothing is ever announced later."""

    def removeStatusListener(self, listener: Any, url: Any) -> None:
        """Nothing is ever announced later."""

    def getImplementationName(self) -> str:
        return COMMANDS

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (COMMANDS, HANDLER_SERVICE)


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, ADDIN, (ADDIN, ADDIN_SERVICE))
g_ImplementationHelper.addImplementation(Commands, COMMANDS, (COMMANDS, HANDLER_SERVICE))
